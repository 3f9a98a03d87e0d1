import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Suggested rules")
struct RuleSuggestionTests {
    private static func suggestion(
        _ number: UInt32, _ arguments: [UInt64], for policy: String = "raster"
    ) throws -> RuleSuggestion {
        RuleSuggestion(
            SeccompCall(number, arguments, on: .amd64), for: try SyntheticCalls.document(policy),
            origin: "a child ended by it")
    }

    private static func refusal(_ suggestion: RuleSuggestion) -> String? {
        if case .doNotPermit(let reason) = suggestion.verdict { reason } else { nil }
    }

    @Test(
        "dangerous calls are not to be permitted, and the reason says why",
        arguments: [
            (59, [], "runs no other program"), (41, [2, 1], "no network"),
            (10, [0, 0, 5], "PROT_EXEC"), (9, [0, 0, 5, 0x22, 0xffff_ffff], "PROT_EXEC"),
            (56, [0x120_0011], "a process"), (56, [0x103d_0f00], "a namespace"),
            (57, [], "fork"), (101, [], "reaches no other process"), (62, [1, 9], "kill"),
            (0x4000_0000, [], "another architecture"), (157, [4, 1], "dumpable"),
            (437, [], "memory"), (1_000, [], "no system call"), (323, [], "userfaultfd"),
            (302, [7, 0], "limits of other processes"), (46, [3], "sends data"),
            (16, [2, 0x5412], "driver"), (204 + 0x4000_0000, [], "another architecture"),
        ] as [(UInt32, [UInt64], String)])
    func dangerous(number: UInt32, arguments: [UInt64], word: String) throws {
        for policy in ["raster", "document"] {
            let found = try Self.suggestion(number, arguments, for: policy)
            let reason = try #require(Self.refusal(found), "\(found.verdict)")
            #expect(reason.contains(word), "\(reason)")
            #expect(found.outcome == nil)
        }
    }

    @Test("a call of an architecture that is no child's is not to be permitted")
    func foreign() throws {
        // AUDIT_ARCH_I386, linux/audit.h.
        let call = SeccompCall(architecture: 0x4000_0003, number: 11)
        let found = RuleSuggestion(
            call, for: try SyntheticCalls.document("raster"), origin: "it")
        #expect(Self.refusal(found)?.contains("another architecture") == true)
    }

    @Test("what the policy lets pass or answers is told with its rule")
    func decided() throws {
        for (number, action) in [(257, SeccompAction.errno(13)), (12, .allow), (28, .errno(22))] {
            guard
                case .alreadyDecided(let found, let rule) = try Self.suggestion(
                    UInt32(number), []
                ).verdict
            else {
                Issue.record("\(number)")
                continue
            }
            #expect(found == action)
            #expect(rule?.position.line ?? 0 > 1)
        }
    }

    @Test("a rule that ends the child on purpose is not overruled")
    func onPurpose() throws {
        let document = try ReadPolicy.document(
            ReadPolicy.text(
                rules: "- { names: [getrusage], action: SCMP_ACT_KILL_PROCESS, comment: no }"))
        let found = RuleSuggestion(
            SeccompCall(98, [], on: .amd64), for: document, origin: "it")
        #expect(Self.refusal(found)?.contains("test.yaml:6") == true)
    }

    @Test("a harmless call gets the smallest rule, whose comment says what it is for")
    func harmless() throws {
        let found = try Self.suggestion(9, [0x7000, 4_096, 1, 1, 3])
        guard case .permit(let rule) = found.verdict else {
            Issue.record("\(found.verdict)")
            return
        }
        #expect(rule.conditions.map(\.value) == [0xffff_ffff, 0xffff_ffff, 0xffff_ffff])
        #expect(rule.conditions.map(\.valueTwo) == [1, 1, 3])
        #expect(rule.comment?.hasPrefix("maps memory or a file; ") == true)
        #expect(rule.comment?.hasSuffix("; a child ended by it") == true)
        #expect(found.warnings.isEmpty)
    }

    /// Each rule of the raster policy by its place in the file.
    private static let places = Array(0..<41)

    @Test("there are as many rules as the next test takes away")
    func count() throws {
        #expect(try SyntheticCalls.document("raster").profile.rules.count == Self.places.count)
    }

    @Test("for a rule that is taken away another is suggested that is no wider", arguments: places)
    func restored(place: Int) throws {
        let full = try SyntheticCalls.document("raster")
        var profile = full.profile
        let removed = profile.rules.remove(at: place).rule
        let reduced = PolicyDocument(
            name: full.name, path: full.path, base: nil, profile: profile,
            glovebox: full.glovebox, resourceLimits: full.resourceLimits, diagnostics: [],
            places: full.places)
        let meaning = PolicyMeaning(reduced.rules(for: .amd64), for: .amd64)
        var restored = reduced
        for name in removed.names.map(\.text) {
            let calls = SyntheticCalls.calls(meeting: removed, named: name, on: .amd64)
            let call = calls.first { meaning.decision(on: $0).action.width == .ended }
            // Another rule may decide all that this one did.
            guard let call else { continue }
            let found = RuleSuggestion(call, for: restored, origin: "it")
            let outcome = try #require(found.outcome, "\(call.text): \(found.verdict)")
            let action = PolicyMeaning(outcome.rules(for: .amd64), for: .amd64)
                .decision(on: call).action
            #expect(action == removed.action, "\(call.text)")
            restored = outcome
        }
        #expect(try SyntheticCalls.wider(full, restored, on: .amd64) == [])
    }
}
