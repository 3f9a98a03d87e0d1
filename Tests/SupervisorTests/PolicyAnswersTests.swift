import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("What is told of a denied call")
struct PolicyAnswersTests {
    /// AUDIT_ARCH values and numbers of linux/audit.h and of the kernel's tables.
    private static let architecture = SeccompArchitecture.native ?? .amd64
    private static let isIntel = architecture == .amd64
    private static let close: UInt32 = isIntel ? 3 : 57
    private static let clone: UInt32 = isIntel ? 56 : 220

    private func answers(_ text: String, path: String = "test.yaml") throws -> PolicyAnswers {
        let document = try ReadPolicy.document(text, path: path)
        return PolicyAnswers(document.rules(for: Self.architecture), of: document)
    }

    private func call(
        _ number: UInt32, _ arguments: [UInt64],
        architecture: UInt32 = Self.architecture.auditValue
    ) -> DeniedCall {
        DeniedCall(
            number: number, architecture: architecture, instructionPointer: 0x1000,
            arguments: arguments + [UInt64](repeating: 0xbad, count: 6 - arguments.count),
            isAbort: false)
    }

    @Test("the default action is told with its line, and no register that the call does not use")
    func standard() throws {
        let answers = try answers(ReadPolicy.text())
        #expect(
            answers.denial(of: call(Self.close, [6])) == "close(6), denied at test.yaml:4: the "
                + "default action, since no rule is met")
    }

    @Test("a rule that denies is told with its line and its reason")
    func rule() throws {
        let answers = try answers(
            ReadPolicy.text(rules: "- { names: [close], action: SCMP_ACT_NOTIFY, comment: why }"))
        #expect(answers.denial(of: call(Self.close, [6])) == "close(6), denied at test.yaml:6: why")
    }

    @Test(
        "what the base decides is told with the base's file and line",
        arguments: ["extended", "document"])
    func base(_ name: String) throws {
        let path = ReadPolicy.repositoryFile("policies/\(name).yaml")
        let document = try PolicyReader.document(path: path)
        let answers = PolicyAnswers(document.rules(for: Self.architecture), of: document)
        let base = ReadPolicy.repositoryFile("policies/raster.yaml")
        let text = String(decoding: try PolicyReader.bytes(path: base), as: UTF8.self)
        let line = try #require(
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0.contains("defaultAction:") })
        #expect(
            answers.denial(of: call(Self.clone, [0])).contains("denied at \(base):\(line + 1): "))
    }

    @Test("a call of another architecture is no matter of a line")
    func foreign() throws {
        // AUDIT_ARCH_I386, where 11 is execve.
        let denied = call(11, [], architecture: 0x4000_0003)
        let text = try answers(ReadPolicy.text()).denial(of: denied)
        #expect(text.contains("another architecture") && text.contains("test.yaml"), "\(text)")
    }

    @Test("of a child that ended itself the rules that answer calls are told, by file")
    func answered() throws {
        let folder = try TemporaryFolder()
        let errno = "- { names: [lseek], action: SCMP_ACT_ERRNO }"
        let base = try folder.file(
            "base.yaml",
            ReadPolicy.text(rules: "\(errno)\n      - { names: [dup], action: SCMP_ACT_ERRNO }"))
        let own = try folder.file(
            "own.yaml",
            """
            x-glovebox: { formats: [png], base: base.yaml }
            linux:
              seccomp:
                syscalls:
                  - { names: [read], action: SCMP_ACT_ALLOW }
                  - { names: [access], action: SCMP_ACT_ERRNO }
            """)
        let document = try PolicyReader.document(path: own)
        let answers = PolicyAnswers(document.rules(for: Self.architecture), of: document)
        #expect(answers.possibleCauses.hasSuffix(" at \(base):6, 7 and \(own):6"))
        #expect(try self.answers(ReadPolicy.text()).possibleCauses.hasSuffix("none is answered"))
    }

    @Test("where calls end without a record, the lines that may have done it are told")
    func silent() throws {
        let rule = "- { names: [close], action: SCMP_ACT_KILL_PROCESS, comment: it }"
        let text = ReadPolicy.text(rules: rule)
        #expect(try answers(text).silentDenial.contains("at test.yaml:6: "))
        let both = text.replacing("SCMP_ACT_NOTIFY", with: "SCMP_ACT_KILL_PROCESS")
        #expect(try answers(both).silentDenial.contains("at test.yaml:4 or test.yaml:6: "))
    }
}
