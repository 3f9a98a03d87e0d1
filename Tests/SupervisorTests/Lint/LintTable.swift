import SandboxPolicy
import Testing

/// A policy in which nothing is wrong, and files that differ from it in one thing.
enum LintTable {
    /// Where the finding is expected: written into the text, and taken out before it is read.
    static let mark: Character = "▸"

    /// One faulty file, and what the linter is to say about it.
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let check: PolicyCheck
        let severity: PolicyDiagnostic.Severity
        /// With the mark where the finding is to point to.
        let text: String
        /// Checks that have something to say about the same defect, each once.
        let also: [PolicyCheck]

        var testDescription: String { what }

        /// A file with one rule more.
        init(
            _ what: String, _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck,
            rule: String, also: [PolicyCheck] = []
        ) {
            self.init(
                what, severity, check, text: LintTable.clean + "      - \(rule)\n", also: also)
        }

        /// A file in which one part is another.
        init(
            _ what: String, _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck,
            change old: String, to new: String, also: [PolicyCheck] = []
        ) {
            let parts = LintTable.clean.split(
                separator: old, maxSplits: 1, omittingEmptySubsequences: false)
            precondition(parts.count == 2, "the valid file has no '\(old)'")
            self.init(what, severity, check, text: parts[0] + new + parts[1], also: also)
        }

        init(
            _ what: String, _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck,
            text: String, also: [PolicyCheck] = []
        ) {
            self.what = what
            self.check = check
            self.severity = severity
            self.text = text
            self.also = also
        }

        /// The bytes to be read, and the place of the mark.
        var file: (bytes: [UInt8], position: SourcePosition) {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            var position = SourcePosition.start
            for (index, line) in lines.enumerated() {
                if let column = Array(line).firstIndex(of: mark) {
                    position = SourcePosition(line: index + 1, column: column + 1)
                }
            }
            return (Array(text.filter { $0 != mark }.utf8), position)
        }
    }

    static let rows: [Row] =
        fileRows + formRows + grantRows + memoryRows + conditionRows + ruleRows + needRows

    /// A masked comparison as policies write it.
    static func masked(_ index: Int, _ result: String, mask: String = "0xffffffff") -> String {
        "{ index: \(index), value: \(mask), valueTwo: \(result), op: SCMP_CMP_MASKED_EQ }"
    }

    /// The valid file: what a child needs and a few harmless calls.
    static let clean = """
        x-glovebox:
          formats: [jpeg]
          limits: { memory: 268435456, threads: 8, width: 1000, height: 1000, pixels: 1000000 }
        process:
          rlimits:
            - { type: RLIMIT_CORE, hard: 0, soft: 0 }
        linux:
          seccomp:
            defaultAction: SCMP_ACT_NOTIFY
            architectures: [SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]
            syscalls:
              - names: [read]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "0"))]
                comment: the job
              - names: [read]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "5"))]
                comment: the word of the zygote
              - names: [write]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "1"))]
                comment: prints of libraries
              - names: [write]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "2"))]
                comment: warnings
              - names: [write]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "4"))]
                comment: the result
              - names: [sendmsg]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "5"))]
                comment: the listener
              - names: [mmap]
                action: SCMP_ACT_ALLOW
                args:
                  - \(masked(2, "0", mask: "0xfffffffc"))
                  - \(masked(4, "0xffffffff"))
                comment: memory for pixels
              - names: [mmap]
                action: SCMP_ACT_ALLOW
                args:
                  - \(masked(2, "1"))
                  - \(masked(4, "3"))
                comment: the input
              - names: [clone]
                action: SCMP_ACT_ALLOW
                args: [\(masked(0, "0x3d0f00"))]
                comment: threads
              - names: [clone3]
                action: SCMP_ACT_ERRNO
                errnoRet: 38
                comment: the C library then uses clone
              - names: [close]
                action: SCMP_ACT_ALLOW
                comment: descriptors that have served
              - names: [brk, munmap, exit, exit_group, futex, sched_yield]
                action: SCMP_ACT_ALLOW
                comment: memory, locks and the end

        """
}
