import SandboxPolicy
import Yams

/// The seccomp part of one file. What the file does not say is nil.
struct SeccompSection {
    var defaultAction: SeccompAction?
    /// Where the default action stands; where the part begins when there is none.
    var defaultPosition: SourcePosition
    var architectures: [SeccompArchitecture]?
    var rules: [SeccompProfile.Rule] = []

    private static let keys = [
        "defaultAction", "architectures", "flags", "listenerPath", "listenerMetadata", "syscalls",
        "defaultErrnoRet",
    ]
    private static let podmanKeys = ["archMap", "defaultErrno"]
    private static let kubernetesKeys = ["baseProfileName", "disabled"]

    /// - Parameter hasBase: Whether what is missing comes from another file.
    static func read(
        _ node: Node, as dialect: PolicyDialect, hasBase: Bool, values: inout StrictValues
    ) -> SeccompSection {
        let fields = self.fields(of: node, as: dialect, values: &values)
        var section = SeccompSection(defaultPosition: node.position)
        if let action = fields["defaultAction"] {
            section.defaultPosition = action.position
            values.note("linux.seccomp.defaultAction", action)
            section.defaultAction = ActionSection.read(
                action, at: .standard, in: fields, values: &values)
        } else if !hasBase {
            _ = values.required(
                "defaultAction", in: fields, hint: "write 'defaultAction: SCMP_ACT_NOTIFY'")
        }
        section.architectures = readArchitectures(fields, as: dialect, values: &values)
        refuseInstalling(fields, as: dialect, values: &values)
        if let list = fields["syscalls"] {
            section.rules = readRules(list, as: dialect, values: &values)
        }
        return section
    }

    /// Rules are compared with each other: so many, and names in all of them, that every known
    /// profile stays far below, and that comparing them all takes no time.
    static let mostRules = 1_000
    static let mostNames = 10_000

    private static func readRules(
        _ list: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> [SeccompProfile.Rule] {
        var rules: [SeccompProfile.Rule] = []
        var names = 0
        for element in values.elements(of: list, named: "syscalls") {
            let read = RuleSection.read(element, as: dialect, values: &values)
            names += read.reduce(0) { $0 + $1.rule.names.count }
            guard rules.count + read.count <= mostRules, names <= mostNames else {
                values.error(
                    at: element.position,
                    "there are more than \(mostRules) rules or \(mostNames) names in them",
                    "write one rule for all calls that are decided alike")
                return rules
            }
            rules += read
        }
        return rules
    }

    private static func fields(
        of node: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> StrictValues.Fields {
        switch dialect {
        case .policy:
            values.fields(
                of: node, named: "seccomp", keys: keys.dropLast(),
                refused: [
                    "defaultErrnoRet":
                        "leave it out, a call that no rule names is never answered",
                    "defaultErrno": "leave it out, a call that no rule names is never answered",
                    "archMap": "write 'architectures' with a list",
                ])
        case .profile:
            values.fields(of: node, named: "the profile", keys: keys + podmanKeys)
        case .kubernetes:
            values.fields(of: node, named: "spec", keys: keys + podmanKeys + kubernetesKeys)
        }
    }

    private static func readArchitectures(
        _ fields: StrictValues.Fields, as dialect: PolicyDialect, values: inout StrictValues
    ) -> [SeccompArchitecture]? {
        let list = fields["architectures"]
        if let list { values.note("linux.seccomp.architectures", list) }
        let listed = list.map { ArchitectureSection.read($0, as: dialect, values: &values) }
        guard let map = fields["archMap"] else { return listed }
        values.note("linux.seccomp.architectures", map)
        let mapped = ArchitectureSection.readMap(map, as: dialect, values: &values)
        if let list, !list.isEmptySequence, !map.isEmptySequence {
            values.error(
                at: map.position, "'archMap' and 'architectures' exclude each other",
                "keep one of them")
            return listed
        }
        // Docker takes a map without this machine for no word about architectures at all.
        return mapped.isEmpty ? listed : mapped
    }

    /// What concerns how a runtime installs the filter, and not what the filter does.
    private static func refuseInstalling(
        _ fields: StrictValues.Fields, as dialect: PolicyDialect, values: inout StrictValues
    ) {
        if let flags = fields["flags"] {
            for flag in values.elements(of: flags, named: "flags") {
                let known = [
                    "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                    "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
                ]
                let hint =
                    "leave it out, a child's filter is installed with a new listener alone"
                _ = values.choice(
                    flag, named: "the flag", among: [(name: String, value: Int)](),
                    refused: Dictionary(uniqueKeysWithValues: known.map { ($0, hint) }),
                    suggestions: known)
            }
        }
        for key in ["listenerPath", "listenerMetadata"] {
            if let node = fields[key], let text = values.text(node, named: key), !text.isEmpty {
                values.error(
                    .notHonoured, at: node.position, "'\(key)' cannot be honoured",
                    "leave it out, the listener goes to the zygote")
            }
        }
        if let node = fields["baseProfileName"],
            let name = values.text(node, named: "baseProfileName"), !name.isEmpty
        {
            values.error(
                .notHonoured, at: node.position,
                "the profile '\(StrictValues.shown(name))' cannot be looked up from here",
                "copy its rules to spec.syscalls and leave baseProfileName out")
        }
        if let node = fields["disabled"], node.scalar?.string != "false" {
            values.error(
                .notHonoured, at: node.position, "'disabled' cannot be honoured",
                "leave it out, every policy in the folder is served")
        }
    }
}

extension Node {
    /// Whether this is a list of nothing.
    var isEmptySequence: Bool {
        guard case .sequence(let sequence) = self else { return false }
        return sequence.isEmpty
    }
}
