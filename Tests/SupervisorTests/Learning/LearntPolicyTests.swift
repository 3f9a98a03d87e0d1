import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Learnt policies")
struct LearntPolicyTests {
    private static let run = LearningRun(
        date: "2026-03-01", kernel: "6.1.0-18-amd64", libvips: "8.18.7",
        libvipsBuild: "1a2b3c4d5e6f7081",
        libraries: [
            .init(name: "libheif.so.1", build: "00ff"), .init(name: "libc.so.6", build: ""),
        ])

    private static func image(_ number: Int) -> String { "image \(number)" }

    private static func observed(
        _ policy: String, root: SandboxRoot, on architecture: SeccompArchitecture = .amd64
    ) throws -> (ObservedCalls, [(call: SeccompCall, rule: SyscallRule)]) {
        let calls = SyntheticCalls.all(
            of: try SyntheticCalls.document(policy), on: architecture)
        var observed = ObservedCalls(on: architecture, root: root)
        for (index, call) in calls.enumerated() {
            observed.add(call.call, image: image(index % 7), format: .jpeg)
        }
        return (observed, calls)
    }

    @Test(
        "every call that a shipped policy decides gives one that lints clean and is no wider",
        arguments: [("raster", SandboxRoot.empty), ("document", SandboxRoot.documents)],
        SeccompArchitecture.allCases)
    func noWider(policy: (name: String, root: SandboxRoot), on: SeccompArchitecture) throws {
        let frame = try SyntheticCalls.document(policy.name)
        let (observed, calls) = try Self.observed(policy.name, root: policy.root, on: on)
        #expect(observed.notPermitted.map(\.text) == [])
        let learnt = try LearntPolicy(observed, frame: frame, run: Self.run)
        #expect(learnt.diagnostics.filter { $0.severity != .note }.map(\.description) == [])
        #expect(try SyntheticCalls.wider(frame, learnt.document, on: on) == [])
        let meaning = PolicyMeaning(learnt.document.rules(for: on), for: on)
        for (call, rule) in calls {
            #expect(meaning.decision(on: call).action == rule.action, "\(call.text)")
        }
        #expect(learnt.document.glovebox?.root == policy.root)
        #expect(learnt.document.resourceLimits == frame.resourceLimits)
        #expect(learnt.document.glovebox?.limits == frame.glovebox?.limits)
    }

    @Test(
        "an image without a call gives what every child needs, no wider than the shipped policy",
        arguments: [("raster", SandboxRoot.empty), ("document", SandboxRoot.documents)])
    func nothingSeen(policy: (name: String, root: SandboxRoot)) throws {
        let frame = try SyntheticCalls.document(policy.name)
        var observed = ObservedCalls(on: .amd64, root: policy.root)
        observed.add(image: "a", format: .png)
        let learnt = try LearntPolicy(observed, frame: frame, run: Self.run)
        #expect(learnt.diagnostics.filter { $0.severity != .note }.isEmpty)
        #expect(try SyntheticCalls.wider(frame, learnt.document, on: .amd64) == [])
        #expect(learnt.document.glovebox?.formats == [.png])
        #expect(
            learnt.document.profile.rules.allSatisfy {
                $0.rule.comment?.contains("not seen") == true
            }
        )
        // No thread was seen, so none can be made.
        #expect(!learnt.text.contains("names: [clone"))
    }

    @Test("where a thread was seen, what threads need by chance is there as well")
    func companions() throws {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        observed.add(
            SeccompCall(56, [0x3d_0f00], on: .amd64), image: "a", format: .avif)
        let frame = try SyntheticCalls.document("raster")
        let learnt = try LearntPolicy(observed, frame: frame, run: Self.run)
        #expect(try SyntheticCalls.wider(frame, learnt.document, on: .amd64) == [])
        let meaning = PolicyMeaning(learnt.document.rules(for: .amd64), for: .amd64)
        func action(_ number: UInt32, _ arguments: UInt64...) -> SeccompAction {
            meaning.decision(on: SeccompCall(number, arguments, on: .amd64)).action
        }
        for operation: UInt64 in [0, 1, 3, 4, 9, 10, 0x80, 0x189] {
            #expect(action(202, 0, operation) == .allow, "futex \(operation)")
        }
        #expect(action(435) == .errno(38))
        #expect(action(13, 33) == .allow && action(13, 11) == .notify)
        #expect(action(9, 0, 4_096, 0, 0x4022, 0xffff_ffff) == .allow)
        #expect(action(10, 0, 0, 3) == .allow && action(10, 0, 0, 5) == .notify)
        #expect(learnt.text.contains("learnt: 1 call in 1 image (avif 1)"))
    }

    @Test(
        "calls that no rule may permit are listed, and no rule is made of them",
        arguments: [
            (59, []), (101, []), (41, [2, 1]), (10, [0, 0, 5]), (9, [0, 0, 7, 0x22, 0xffff_ffff]),
            (56, [0x120_0011]), (157, [4, 1]), (62, [1, 9]), (1_000, []), (0x4000_0000, [0]),
        ] as [(UInt32, [UInt64])])
    func notPermitted(number: UInt32, arguments: [UInt64]) throws {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        let call = SeccompCall(number, arguments, on: .amd64)
        observed.add(call, image: "a", format: .png)
        observed.add(call, image: "b", format: .png)
        observed.add(call, image: "b", format: .png)
        #expect(observed.notPermitted.map(\.calls) == [3])
        #expect(observed.notPermitted.map(\.images.count) == [2])
        #expect(observed.entries.isEmpty)
        let learnt = try LearntPolicy(
            observed, frame: try SyntheticCalls.document("raster"), run: Self.run)
        let meaning = PolicyMeaning(learnt.document.rules(for: .amd64), for: .amd64)
        #expect(meaning.decision(on: call).action.width == .ended)
    }

    @Test("what is bad in one call does not come into the cube of the good ones")
    func goodAndBad() throws {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        for protection: UInt64 in [3, 7, 0] {
            observed.add(
                SeccompCall(10, [0, 0, protection], on: .amd64), image: "a", format: .png)
        }
        #expect(
            observed.entries.values.map(\.pattern.conditions) == [
                [
                    ArgumentCondition(index: 2, .maskedEqual, value: 0xffff_fffc, valueTwo: 0)
                ]
            ])
        #expect(observed.notPermitted.count == 1)
    }

    @Test("the same observations give the same bytes, in whatever order they came")
    func stable() throws {
        let frame = try SyntheticCalls.document("raster")
        let calls = SyntheticCalls.all(of: frame, on: .amd64).map(\.call)
        func text(_ calls: [SeccompCall]) throws -> String {
            var observed = ObservedCalls(on: .amd64, root: .empty)
            for call in calls { observed.add(call, image: "a", format: .gif) }
            return try LearntPolicy(observed, frame: frame, run: Self.run).text
        }
        #expect(try text(calls) == text(calls.reversed()))
    }

    @Test("a text of a run cannot leave its comment")
    func runFacts() throws {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        observed.add(image: "a", format: .png)
        var run = Self.run
        run.kernel = "6.1\nlinux: {}\u{85}\u{2028}x: y"
        let frame = try SyntheticCalls.document("raster")
        let text = try LearntPolicy(observed, frame: frame, run: run).text
        #expect(text.contains("#   kernel        6.1 linux: {} x: y\n"))
        #expect(text.contains("#   library       libheif.so.1 00ff\n"))
    }
}
