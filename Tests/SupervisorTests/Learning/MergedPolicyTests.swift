import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Merging learnt policies")
struct MergedPolicyTests {
    private static let run = LearningRun(
        date: "2026-03-01", kernel: "6.1", libvips: "8.18.7", libvipsBuild: "aa")

    private static func learnt(
        _ calls: [SeccompCall], _ format: ImageFormat, merging earlier: [PolicyDocument] = []
    ) throws -> LearntPolicy {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        for document in earlier { try observed.merge(document) }
        for call in calls { observed.add(call, image: "a", format: format) }
        return try LearntPolicy(
            observed, frame: try SyntheticCalls.document("raster"), run: run)
    }

    /// Names, actions and conditions of the rules.
    private static func rules(_ policy: LearntPolicy) -> [SyscallRule] {
        policy.document.rules(for: .amd64).rules.map {
            SyscallRule(
                names: $0.names.map { .init($0.text, at: .start) }, action: $0.action,
                conditions: $0.conditions)
        }
    }

    @Test("two halves merged are the whole, with the formats and the evidence of both")
    func halves() throws {
        let calls = SyntheticCalls.all(
            of: try SyntheticCalls.document("raster"), on: .amd64
        ).map(\.call)
        let odd = calls.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let even = calls.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let first = try Self.learnt(odd, .png)
        let merged = try Self.learnt(even, .gif, merging: [first.document])
        #expect(Self.rules(merged) == Self.rules(try Self.learnt(calls, .png)))
        #expect(merged.document.glovebox?.formats == [.png, .gif])
        let wider = try SyntheticCalls.wider(
            try SyntheticCalls.document("raster"), merged.document, on: .amd64)
        #expect(wider == [])
    }

    @Test("counts add up, and merging once more with nothing new changes no rule")
    func counts() throws {
        let read = SeccompCall(0, [0], on: .amd64)
        let first = try Self.learnt([read, read], .png)
        let merged = try Self.learnt([read], .gif, merging: [first.document])
        #expect(
            merged.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                "learnt: 3 calls in 2 images (gif 1, png 1); libvips 8.18.7 build aa"))
        let again = try Self.learnt([], .gif, merging: [merged.document])
        #expect(Self.rules(again) == Self.rules(merged))
    }

    @Test("rules and words that people wrote stay")
    func ownRules() throws {
        let read = SeccompCall(0, [0], on: .amd64)
        let text = try Self.learnt([read], .png).text
            .replacing("reads from a descriptor; descriptor is 0; learnt", with: "our job; learnt")
        let own = """

                  - names: [getrusage, clock_getres]
                    action: SCMP_ACT_ALLOW
                    comment: our patched codec measures itself

            """
        let earlier = try PolicyReader.document(
            Array((text + own).utf8), path: "earlier.yaml")
        let merged = try Self.learnt([read], .png, merging: [earlier])
        let kept = try #require(
            merged.document.profile.rules.first { $0.rule.names.count == 2 }?.rule)
        #expect(kept.comment == "our patched codec measures itself")
        #expect(merged.text.contains("our job; learnt: 2 calls"))
        #expect(merged.diagnostics.filter { $0.severity != .note }.isEmpty)
    }

    @Test("a rule that people wrote counts before what is learnt, where both cannot be")
    func ownRulesFirst() throws {
        let own = try ReadPolicy.document(
            ReadPolicy.text(
                rules: """
                    - { names: [read], action: SCMP_ACT_ALLOW, comment: everything we hold }
                          - names: [ioctl]
                            action: SCMP_ACT_ALLOW
                            args:
                              - { index: 1, value: 0xffffffff, valueTwo: 0x5401, op: SCMP_CMP_MASKED_EQ }
                            comment: our terminal
                    """))
        let calls = [
            SeccompCall(0, [0], on: .amd64), SeccompCall(16, [2, 0x5401], on: .amd64),
            SeccompCall(16, [2, 0x5413], on: .amd64),
        ]
        let merged = try Self.learnt(calls, .png, merging: [own])
        #expect(merged.diagnostics.filter { $0.severity != .note }.isEmpty)
        let rules = Self.rules(merged)
        #expect(rules.filter { $0.names[0].text == "read" }.map(\.conditions) == [[]])
        let ioctl = rules.filter { $0.names[0].text == "ioctl" }
        #expect(ioctl.map(\.action) == [.allow, .errno(25)])
        #expect(ioctl.map { $0.conditions[0].valueTwo } == [0x5401, 0x5413])
    }

    @Test("policies of another root, of another architecture and bare profiles are not merged")
    func refused() throws {
        var observed = ObservedCalls(on: .amd64, root: .empty)
        let document = try SyntheticCalls.document("document")
        #expect(throws: ObservedCalls.MergeFailure.self) { try observed.merge(document) }
        let arm = try ReadPolicy.document(
            """
            x-glovebox: { formats: [jpeg] }
            linux:
              seccomp:
                defaultAction: SCMP_ACT_NOTIFY
                architectures: [SCMP_ARCH_AARCH64]
                syscalls: []
            """)
        #expect(throws: ObservedCalls.MergeFailure.self) { try observed.merge(arm) }
        let bare = try ReadPolicy.document("{ defaultAction: SCMP_ACT_ERRNO, syscalls: [] }")
        #expect(throws: ObservedCalls.MergeFailure.self) { try observed.merge(bare) }
    }

    @Test("evidence does not help a rule that the linter refuses")
    func forged() throws {
        let forged = try ReadPolicy.document(
            ReadPolicy.text(
                rules: "- { names: [execve], action: SCMP_ACT_ALLOW, comment: \"it; learnt: "
                    + "1 call in 1 image (png 1); libvips 8.18.7\" }"))
        var observed = ObservedCalls(on: .amd64, root: .empty)
        #expect(throws: ObservedCalls.MergeFailure.self) { try observed.merge(forged) }
    }
}
