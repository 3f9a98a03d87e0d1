import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Reading policy files")
struct PolicyReaderTests {
    /// A whole policy, into which each test puts its rules from line 6 on, at column 7.
    private static func policy(
        rules: String = "- { names: [read], action: SCMP_ACT_ALLOW }",
        own: String = "formats: [jpeg]", rest: String = ""
    ) -> String {
        """
        x-glovebox: { \(own) }
        linux:
          seccomp:
            defaultAction: SCMP_ACT_NOTIFY
            syscalls:
              \(rules)
        \(rest)
        """
    }

    private static func parse(_ text: String) throws(PolicyError) -> PolicyFile {
        try PolicyReader.parse(Array(text.utf8), name: "test")
    }

    /// The diagnostics of a text that must not be served.
    private static func refused(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    @Test("every part of a policy arrives as it is written")
    func everything() throws {
        let policy = try Self.parse(
            """
            {
              "x-glovebox": {
                "formats": ["png", "avif"],
                "posture": {"required": ["seccomp", "landlock"]},
                "limits": {"pixels": 0x10, "width": 7, "height": 8, "frames": 2, "cpu": 3,
                           "memory": 2097152, "threads": 4, "inputBytes": 5, "outputBytes": 6}
              },
              "process": {"rlimits": [{"type": "RLIMIT_NOFILE", "hard": 8, "soft": 7}]},
              "linux": {
                "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "mount"},
                  {"type": "user"}, {"type": "ipc"}, {"type": "uts"}, {"type": "cgroup"}],
                "seccomp": {
                  "defaultAction": "SCMP_ACT_KILL_PROCESS",
                  "architectures": ["SCMP_ARCH_AARCH64"], "flags": [],
                  "syscalls": [{
                    "names": ["mmap", "open"], "action": "SCMP_ACT_ALLOW", "comment": "why",
                    "args": [
                      {"index": 2, "value": 18446744073709551615, "op": "SCMP_CMP_LE"},
                      {"index": 0, "value": 0xFF, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}]
                  }]
                }
              }
            }
            """)
        #expect(policy.name == "test")
        #expect(policy.path == "test.yaml")
        #expect(policy.formats == [.png, .avif])
        #expect(policy.requiredLayers == Layer.alwaysRequired + [.landlock])
        #expect(policy.resourceLimits == [ResourceLimit(.openFiles, soft: 7, hard: 8)])
        #expect(
            policy.limits
                == PolicyLimits(
                    job: JobLimits(
                        inputBytes: 5, width: 7, height: 8, pixels: 16, frames: 2, outputBytes: 6),
                    memory: 2_097_152, cpuSeconds: 3, threads: 4))
        #expect(policy.seccomp.defaultAction == .killProcess)
        #expect(policy.seccomp.architectures == [.arm64])
        let rule = try #require(policy.seccomp.rules.first)
        #expect(rule.names.map(\.text) == ["mmap", "open"])
        #expect(rule.names[1].position == SourcePosition(line: 16, column: 27))
        #expect(rule.action == .allow)
        #expect(rule.comment == "why")
        #expect(
            rule.conditions == [
                ArgumentCondition(index: 2, .lessOrEqual, value: .max),
                ArgumentCondition(index: 0, .maskedEqual, value: 255, valueTwo: 1),
            ])
        #expect(policy.warnings.isEmpty)
    }

    @Test("what is not written has its safe default")
    func defaults() throws {
        let policy = try Self.parse(Self.policy())
        #expect(
            Set(Layer.allCases).subtracting(policy.requiredLayers) == [
                .groups, .memoryDenyWriteExecute, .speculationControl, .landlock, .cgroup,
            ])
        #expect(policy.limits == PolicyLimits())
        #expect(policy.seccomp.architectures == [try #require(SeccompArchitecture.native)])
    }

    @Test(
        "a rule that cannot be honoured is refused with its place and a remedy",
        arguments: [
            ("- { names: [read], action: SCMP_ACT_ALOW }", "6:34", "write 'SCMP_ACT_ALLOW'"),
            ("- { names: [read], acton: SCMP_ACT_ALLOW }", "6:26", "write 'action'"),
            ("- { name: read, action: SCMP_ACT_ALLOW }", "6:11", "'names'"),
            ("- { names: [raed], action: SCMP_ACT_NOTIFY }", "6:19", "write 'read'"),
            ("- { names: [], action: SCMP_ACT_ALLOW }", "6:18", "remove the rule"),
            ("- { names: read, action: SCMP_ACT_ALLOW }", "6:18", "'- '"),
            ("- { names: [7], action: SCMP_ACT_ALLOW }", "6:19", "quote it"),
            ("- { names: [read, read], action: SCMP_ACT_ALLOW }", "6:25", "keep one"),
            ("- { names: [read], action: SCMP_ACT_TRACE }", "6:34", "SCMP_ACT_NOTIFY"),
            ("- { names: [read], action: SCMP_ACT_ALLOW, errnoRet: 1 }", "6:60", "remove errnoRet"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: 4096 }", "6:60", "0 to 4095"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: -1 }", "6:60", "hexadecimal"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: '1' }", "6:60", "hexadecimal"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: 010 }", "6:60", "hexadecimal"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: 0x }", "6:60", "hexadecimal"),
            ("- { names: [read], action: SCMP_ACT_ERRNO, errnoRet: 1.0 }", "6:60", "hexadecimal"),
            ("- [read]", "6:9", "key: value"),
        ])
    func rules(rule: String, place: String, remedy: String) throws {
        let found = Self.refused(Self.policy(rules: rule))
        let first = try #require(found.first)
        #expect(found.count == 1, "\(found)")
        #expect(first.contains(remedy), "\(first)")
        #expect(place == Self.place(in: first), "\(first)")
    }

    @Test(
        "a condition that cannot be honoured is refused with its place and a remedy",
        arguments: [
            ("{ index: 6, value: 1, op: SCMP_CMP_EQ }", "7:25", "0 to 5"),
            ("{ index: 0, op: SCMP_CMP_EQ }", "7:16", "index: 0"),
            ("{ index: 0, value: 1, op: EQ }", "7:42", "SCMP_CMP_EQ"),
            ("{ index: 0, value: 18446744073709551616, op: SCMP_CMP_EQ }", "7:35", "64 bits"),
            ("{ index: 0, value: 0x10000000000000000, op: SCMP_CMP_EQ }", "7:35", "64 bits"),
            ("{ index: 0, value: 1, valueTwo: 2, op: SCMP_CMP_EQ }", "7:48", "MASKED_EQ"),
            ("{ index: 0, value: 0, valueTwo: 0, op: SCMP_CMP_MASKED_EQ }", "7:16", "mask of 0"),
            ("{ index: 0, value: 1, valueTwo: 2, op: SCMP_CMP_MASKED_EQ }", "7:48", "the mask in"),
        ])
    func conditions(condition: String, place: String, remedy: String) throws {
        let rules = "- names: [read]\n        args: [\(condition)]\n        action: SCMP_ACT_ALLOW"
        let found = Self.refused(Self.policy(rules: rules))
        let first = try #require(found.first)
        #expect(found.count == 1, "\(found)")
        #expect(first.contains(remedy), "\(first)")
        #expect(place == Self.place(in: first), "\(first)")
    }

    @Test("two conditions on one argument, which other tools OR, are refused")
    func sameIndexTwice() throws {
        let rules = """
            - names: [read]
                    action: SCMP_ACT_ALLOW
                    args:
                      - { index: 0, value: 1, op: SCMP_CMP_GT }
                      - { index: 0, value: 9, op: SCMP_CMP_LT }
            """
        let found = Self.refused(Self.policy(rules: rules))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("test.yaml:10:") == true, "\(found)")
        #expect(found.first?.contains("two rules") == true)
    }

    @Test("two rules that contradict each other are refused, naming the other's line")
    func contradictions() throws {
        let twice = """
            - { names: [read], action: SCMP_ACT_ALLOW }
                  - { names: [close, read], action: SCMP_ACT_ERRNO }
            """
        let found = Self.refused(Self.policy(rules: twice))
        #expect(found.count == 1)
        #expect(found.first?.contains("'read' has another action in line 6") == true, "\(found)")
        let mixed = """
            - { names: [read], action: SCMP_ACT_ERRNO }
                  - names: [read]
                    action: SCMP_ACT_ALLOW
                    args: [{ index: 0, value: 1, op: SCMP_CMP_EQ }]
            """
        #expect(Self.refused(Self.policy(rules: mixed)).first?.contains("without args") == true)
    }

    @Test("a name nobody knows is an error in a denial and a warning in a permission")
    func unknownNames() throws {
        let policy = try Self.parse(
            Self.policy(rules: "- { names: [read, raed], action: SCMP_ACT_ALLOW }"))
        #expect(policy.seccomp.rules.map { $0.names.map(\.text) } == [["read"]])
        #expect(policy.warnings.map(\.severity) == [.warning])
        #expect(policy.warnings.first?.hint == "write 'read'")
        let denied = Self.refused(
            Self.policy(rules: "- { names: [no_such_call_at_all], action: SCMP_ACT_ERRNO }"))
        #expect(denied.count == 1)
    }

    @Test("names newer than libseccomp, and those of other architectures, are known")
    func newNames() throws {
        let policy = try Self.parse(
            Self.policy(
                rules: "- { names: [mseal, rseq_slice_yield, socketcall], action: SCMP_ACT_ERRNO }")
        )
        #expect(policy.warnings.isEmpty)
        #expect(SyscallNames.lookup("mseal") == .number(462))
        #expect(SyscallNames.lookup("socketcall") == .elsewhere)
        #expect(SyscallNames.lookup("no_such_call") == .unknown)
    }

    @Test(
        "what belongs elsewhere is refused with what to do instead",
        arguments: [
            ("process: { rlimits: [{ type: RLIMIT_AS, hard: 1, soft: 1 }] }", "'memory'"),
            ("process: { rlimits: [{ type: RLIMIT_NPROC, hard: 1, soft: 1 }] }", "'threads'"),
            ("process: { rlimits: [{ type: RLIMIT_CPU, hard: 1, soft: 1 }] }", "'cpu'"),
            ("process: { rlimits: [{ type: RLIMIT_CORE, hard: 1, soft: 2 }] }", "at most 1"),
            ("process: { rlimits: [{ type: RLIMIT_COER, hard: 1, soft: 1 }] }", "'RLIMIT_CORE'"),
            ("process: { rlimit: [] }", "'rlimits'"),
            ("processes: { rlimits: [] }", "'process'"),
        ])
    func process(rest: String, remedy: String) throws {
        let found = Self.refused(Self.policy(rest: rest))
        #expect(found.count == 1)
        #expect(found.first?.contains(remedy) == true, "\(found)")
    }

    @Test(
        "x-glovebox is as strict as the rest",
        arguments: [
            ("formats: []", "at least one"),
            ("formats: [bitmap]", "write one of jpeg"),
            ("formats: [jpegg]", "write 'jpeg'"),
            ("formats: [png, png]", "keep one"),
            ("format: [png]", "'formats'"),
            ("formats: [png], posture: { required: [secomp] }", "write 'seccomp'"),
            ("formats: [png], posture: { required: [cgroup] }", "leave it out"),
            ("formats: [png], root: document", "write 'documents'"),
            ("formats: [png], root: host", "write one of empty, documents"),
            ("formats: [png], root: [documents]", "not text"),
            ("formats: [png], limits: { pixel: 1 }", "write 'pixels'"),
            ("formats: [png], limits: { pixels: 0 }", "from 1"),
            ("formats: [png], limits: { width: 4294967296 }", "to 4294967295"),
            ("formats: [png], limits: { memory: 4096 }", "from 1048576"),
        ])
    func own(own: String, remedy: String) throws {
        let found = Self.refused(Self.policy(own: own))
        #expect(found.contains { $0.contains(remedy) }, "\(found)")
    }

    @Test("a policy's root is empty unless it says otherwise")
    func root() throws {
        #expect(try Self.parse(Self.policy()).root == .empty)
        #expect(try Self.parse(Self.policy(own: "formats: [png], root: empty")).root == .empty)
        let documents = Self.policy(own: "formats: [png], root: documents")
        #expect(try Self.parse(documents).root == .documents)
    }

    @Test("a list of namespaces is whole, new and without repetition")
    func namespaces() {
        let text = Self.policy().replacing(
            "linux:", with: "linux:\n  namespaces: [{ type: user }, { type: user, path: /x }]")
        let found = Self.refused(text)
        #expect(found.contains { $0.contains("'path' cannot be honoured") })
        #expect(found.contains { $0.contains("in the list already") })
        #expect(found.filter { $0.contains("is not in the list; add") }.count == 6)
    }

    @Test(
        "a default that lets a call's caller live is refused with its place",
        arguments: [
            "ALLOW", "LOG", "ERRNO", "TRAP", "KILL_THREAD", "KILL", "TRACE",
        ])
    func defaultAction(action: String) throws {
        let text = Self.policy().replacing("SCMP_ACT_NOTIFY", with: "SCMP_ACT_\(action)")
        let found = Self.refused(text)
        let first = try #require(found.first)
        #expect(found.count == 1, "\(found)")
        #expect(Self.place(in: first) == "4:20")
        #expect(first.contains("write SCMP_ACT_NOTIFY or SCMP_ACT_KILL_PROCESS"), "\(first)")
    }

    @Test("an errno of the default action is refused with its place")
    func defaultErrno() throws {
        let text = Self.policy().replacing(
            "    syscalls:", with: "    defaultErrnoRet: 38\n    syscalls:")
        let found = Self.refused(text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first.map(Self.place) == "5:5")
    }

    @Test("flags, listeners and 32-bit architectures cannot be honoured")
    func seccompExtras() {
        let text = Self.policy().replacing(
            "syscalls:",
            with: """
                listenerPath: /run/agent
                    flags: [SECCOMP_FILTER_FLAG_LOG]
                    architectures: [SCMP_ARCH_X86]
                    syscalls:
                """)
        let found = Self.refused(text)
        #expect(found.count == 3, "\(found)")
    }

    @Test("a file's words cannot break a message's line or reach the terminal as commands")
    func hostileWords() throws {
        let found = Self.refused(Self.policy(own: #"formats: ["\e[2Jx\ny"]"#))
        let first = try #require(found.first)
        #expect(first.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
    }

    @Test("all errors of a file are reported, in its order")
    func allAtOnce() {
        let text = Self.policy(
            rules: "- { names: [7], action: NO }", own: "formats: [psd]", rest: "other: 1")
        let lines = Self.refused(text).map { $0.split(separator: ":")[1] }
        #expect(lines == ["1", "6", "6", "7"])
    }

    @Test("files that are none, and names that are no labels, are refused")
    func paths() {
        for path in ["/no/such/policy.yaml", "/proc/self", "/dev/zero"] {
            let error = #expect(throws: PolicyError.self) { try PolicyReader.read(path: path) }
            #expect(error?.diagnostics.first?.file == path)
        }
        for name in ["", "Raster", "a/b", "a\nb", String(repeating: "a", count: 33)] {
            #expect(throws: PolicyError.self) {
                try PolicyReader.parse(Array(Self.policy().utf8), name: name)
            }
        }
    }

    private static func place(in diagnostic: String) -> String {
        diagnostic.split(separator: ":").dropFirst().prefix(2).joined(separator: ":")
    }
}
