import SandboxPolicy

/// Memory that can become code: what a taken-over decoder needs to run a program of its own.
enum ExecutableMemoryCheck {
    /// A call that makes memory executable, by a bit of an argument.
    private struct Way {
        let name: String
        let index: Int
        let bits: UInt64
        let text: String
    }

    private static let ways = [
        Way(name: "mmap", index: 2, bits: 0x4, text: "PROT_EXEC"),
        Way(name: "mprotect", index: 2, bits: 0x4, text: "PROT_EXEC"),
        Way(name: "pkey_mprotect", index: 2, bits: 0x4, text: "PROT_EXEC"),
        Way(name: "remap_file_pages", index: 2, bits: 0x4, text: "PROT_EXEC"),
        Way(name: "shmat", index: 2, bits: 0x8000, text: "SHM_EXEC"),
        // Every readable mapping made afterwards is executable too, personality(2).
        Way(name: "personality", index: 0, bits: 0x40_0000, text: "READ_IMPLIES_EXEC"),
    ]

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        ways.flatMap { way in
            subject.carriedOut(way.name, index: way.index) { $0 & way.bits != 0 }.map { witness in
                let value = "0x" + String(witness.call.arguments[way.index], radix: 16)
                let mask = "0x" + String(0xffff_ffff & ~way.bits, radix: 16)
                let hint =
                    way.name.hasSuffix("protect") || way.name == "mmap"
                    ? "compare argument \(way.index) with 'value: 0xfffffffc, valueTwo: 0, op: "
                        + "SCMP_CMP_MASKED_EQ', at most PROT_READ and PROT_WRITE"
                    : "leave the call out, or compare argument \(way.index) so that no bit beyond "
                        + "\(mask) passes"
                return subject.diagnostic(
                    .error, .executableMemory, witness.rule, naming: way.name,
                    "'\(way.name)' is allowed with \(way.text), by \(value) for one", hint)
            }
        }
    }
}
