import SandboxPolicy
import Yams

/// `architectures`, and Docker's `archMap`.
enum ArchitectureSection {
    /// The 23 architectures of the OCI runtime specification that are not among those that children
    /// can have.
    static let foreign = [
        "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_ARM", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64",
        "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
        "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390",
        "SCMP_ARCH_S390X", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",
        "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
    ]
    /// Podman's word for the architecture of whoever reads the file.
    static let native = "SCMP_ARCH_NATIVE"

    private static let hint =
        "leave it out, a call in a foreign architecture's manner kills the child"

    /// Those of `architectures` that children can have.
    static func read(
        _ node: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> [SeccompArchitecture] {
        var found: [SeccompArchitecture] = []
        for element in values.elements(of: node, named: "architectures") {
            let architecture = readOne(
                element, as: dialect, refused: foreign, values: &values)
            if let architecture = architecture ?? nil, !found.contains(architecture) {
                found.append(architecture)
            }
        }
        return found
    }

    /// The architectures of `archMap` that children can have. An entry is for machines of one
    /// architecture, and says in which others their programs may make calls as well.
    static func readMap(
        _ node: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> [SeccompArchitecture] {
        var found: [SeccompArchitecture] = []
        for element in values.elements(of: node, named: "archMap") {
            let fields = values.fields(
                of: element, named: "an element of archMap",
                keys: ["architecture", "subArchitectures"])
            let architectureNode = values.required(
                "architecture", in: fields, hint: "write 'architecture: SCMP_ARCH_X86_64'")
            guard let architectureNode else { continue }
            let read = readOne(architectureNode, as: dialect, refused: [], values: &values)
            guard let known = read else { continue }
            let others = fields["subArchitectures"].map {
                values.elements(of: $0, named: "subArchitectures")
            }
            // What is said for machines on which no child runs concerns nobody here.
            let refused = known == nil ? [] : foreign
            for other in others ?? [] {
                _ = readOne(other, as: dialect, refused: refused, values: &values)
            }
            if let known, !found.contains(known) { found.append(known) }
        }
        return found
    }

    /// One architecture; inside, nil for one that no child has; outside, nil for what is none.
    private static func readOne(
        _ node: Node, as dialect: PolicyDialect, refused: [String], values: inout StrictValues
    ) -> SeccompArchitecture?? {
        var choices: [(name: String, value: SeccompArchitecture?)] =
            SeccompArchitecture.allCases.map { ($0.rawValue, $0) }
        choices += foreign.filter { !refused.contains($0) }.map { ($0, nil) }
        var hints = Dictionary(uniqueKeysWithValues: refused.map { ($0, hint) })
        if dialect == .policy {
            hints[native] = "name SCMP_ARCH_X86_64 or SCMP_ARCH_AARCH64, or both"
        } else {
            choices.append((native, SeccompArchitecture.native))
        }
        return values.choice(
            node, named: "the architecture", among: choices, refused: hints,
            suggestions: choices.map(\.name) + refused)
    }
}
