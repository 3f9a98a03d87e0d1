import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Reading the other parts of a policy")
struct PolicySectionTests {
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
        let found = ReadPolicy.said(of: ReadPolicy.text(rest: rest))
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
        let found = ReadPolicy.said(of: ReadPolicy.text(own: own))
        #expect(found.contains { $0.contains(remedy) }, "\(found)")
    }

    @Test("a policy's root is empty unless it says otherwise")
    func root() throws {
        #expect(try ReadPolicy.document(ReadPolicy.text()).glovebox?.root == .empty)
        let empty = ReadPolicy.text(own: "formats: [png], root: empty")
        #expect(try ReadPolicy.document(empty).glovebox?.root == .empty)
        let documents = ReadPolicy.text(own: "formats: [png], root: documents")
        #expect(try ReadPolicy.document(documents).glovebox?.root == .documents)
    }

    @Test("a list of namespaces is whole, new and without repetition")
    func namespaces() {
        let text = ReadPolicy.text().replacing(
            "linux:", with: "linux:\n  namespaces: [{ type: user }, { type: user, path: /x }]")
        let found = ReadPolicy.said(of: text)
        #expect(found.contains { $0.contains("'path' cannot be honoured") })
        #expect(found.contains { $0.contains("in the list already") })
        #expect(found.filter { $0.contains("is not in the list; add") }.count == 6)
    }

    @Test("an errno of the default action is refused with its place")
    func defaultErrno() throws {
        let text = ReadPolicy.text().replacing(
            "    syscalls:", with: "    defaultErrnoRet: 38\n    syscalls:")
        let found = ReadPolicy.said(of: text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first.map(ReadPolicy.place) == "5:5")
    }

    @Test("flags, listeners and 32-bit architectures cannot be honoured")
    func seccompExtras() {
        let text = ReadPolicy.text().replacing(
            "syscalls:",
            with: """
                listenerPath: /run/agent
                    flags: [SECCOMP_FILTER_FLAG_LOG]
                    architectures: [SCMP_ARCH_X86]
                    syscalls:
                """)
        let found = ReadPolicy.said(of: text)
        #expect(found.count == 3, "\(found)")
    }

    @Test("a file's words cannot break a message's line or reach the terminal as commands")
    func hostileWords() throws {
        let found = ReadPolicy.said(of: ReadPolicy.text(own: #"formats: ["\e[2Jx\ny"]"#))
        let first = try #require(found.first)
        #expect(first.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
    }

    @Test("all errors of a file are reported, in its order")
    func allAtOnce() {
        let text = ReadPolicy.text(
            rules: "- { names: [7], action: NO }", own: "formats: [psd]", rest: "other: 1")
        let lines = ReadPolicy.said(of: text).map { $0.split(separator: ":")[1] }
        #expect(lines == ["1", "6", "6", "7"])
    }
}
