import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Replies while a policy is learnt")
struct LearningTableTests {
    private static func replies(
        _ root: SandboxRoot, _ architecture: SeccompArchitecture = .amd64
    ) -> [UInt32: LearningReply.Reply] {
        Dictionary(
            uniqueKeysWithValues: LearningTable.replies(for: root, on: architecture).map {
                ($0.number, $0.reply)
            })
    }

    @Test(
        "what the shipped policy answers is answered alike, what it lets through is carried out",
        arguments: [("raster", SandboxRoot.empty), ("document", SandboxRoot.documents)],
        SeccompArchitecture.allCases)
    func asShipped(policy: (name: String, root: SandboxRoot), on: SeccompArchitecture) throws {
        let document = try SyntheticCalls.document(policy.name)
        let replies = Self.replies(policy.root, on)
        for rule in document.rules(for: on).rules {
            for name in rule.names.map(\.text) {
                guard let number = SyscallCatalogue.entry(name)?.number(on: on) else { continue }
                switch rule.action {
                // The other advices are answered by their arguments.
                case .errno where name == "madvise": #expect(replies[number] == nil)
                case .errno(let code):
                    #expect(replies[number] == .answer(errno: code), "\(name)")
                default: #expect(replies[number] == nil, "\(name)")
                }
            }
        }
    }

    @Test(
        "calls that no policy may grant stop the child", arguments: SandboxRoot.allCases)
    func stopped(root: SandboxRoot) {
        // execve, ptrace, socket, connect, mount, bpf, kill, tgkill, fork, openat2, setns, unshare.
        for number: UInt32 in [59, 101, 41, 42, 165, 321, 62, 234, 57, 437, 308, 272] {
            #expect(Self.replies(root)[number] == .stop, "\(number)")
        }
        // No call has these numbers.
        for number: UInt32 in [400, 1_023] { #expect(Self.replies(root)[number] == .stop) }
        // mmap, clone, prctl, sendmsg: the arguments decide.
        for number: UInt32 in [9, 56, 157, 46] { #expect(Self.replies(root)[number] == nil) }
    }

    @Test("nothing that is carried out gives more away than its arguments can say")
    func restIsHarmless() throws {
        for root in SandboxRoot.allCases {
            let replies = Self.replies(root)
            for number in UInt32(0)..<1_024 where replies[number] == nil {
                let entry = try #require(SyscallCatalogue.entry(number: number, on: .amd64))
                let isDecided = ["sendmsg", "prlimit64", "seccomp"].contains(entry.name)
                let isFile = root == .documents && FileAccessCheck.covers(entry.name)
                #expect(entry.exposure < .dangerous || isDecided || isFile, "\(entry.name)")
            }
        }
    }
}
