import Foundation
import Randomness
import SandboxPolicy
import TestSupport
import Testing

@testable import Supervisor

/// The kernel, the evaluator and the meaning of the rules have to agree on every call.
@Suite("The kernel's verdict on calls", .ownProcess, .serialized)
struct FilterVerdictTests {
    /// Every policy in the repository's folder.
    static let policies: [String] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "policies")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { PolicyReader.isPolicyFile($0) }.sorted()
            .map { folder.appending(path: $0).path }
    }()

    #if arch(x86_64)
        /// Calls that the kernel never asks a filter about since Linux 6.14 (kernel/seccomp.c,
        /// `seccomp_uprobe_exception`): uretprobe and uprobe, which only its own trampolines may
        /// make. Made by anybody else they end in SIGILL and in ENXIO.
        static let unasked: [UInt32: FilterProbe.Verdict] = [335: .carriedOut, 336: .errno(6)]
    #else
        static let unasked: [UInt32: FilterProbe.Verdict] = [:]
    #endif

    @Test(
        "on every number is what the policy says and what the evaluator answers",
        arguments: policies, Identity.available)
    func everyNumber(path: String, identity: Identity) async throws {
        let architecture = try #require(SeccompArchitecture.native)
        let policy = try PolicyReader.read(path: path)
        let meaning = PolicyMeaning(policy.seccomp, for: architecture)
        let filter = try PolicyCompiler.compile(policy)
        var calls: [SeccompCall] = []
        let above: [UInt32] = [
            1_023, 0xffff, 0x3fff_ffff, 0x4000_0000, 0x4000_0001, 0x4000_0200, 0x4000_0223,
            0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
        ]
        for number in Array(0..<512) + above {
            calls.append(SeccompCall(number, on: architecture))
            for rule in meaning.rules(for: number) where !rule.conditions.isEmpty {
                calls += Self.boundaries(of: rule, number, architecture)
            }
        }
        try #require(calls.count > 512)
        try await Self.agree(filter, calls, meaning, identity)
    }

    #if arch(x86_64)
        @Test(
            "on calls in the manner of 32-bit x86 is the end of the process",
            arguments: policies, Identity.available)
        func foreignManner(path: String, identity: Identity) async throws {
            let filter = try PolicyCompiler.compile(try PolicyReader.read(path: path))
            let calls = (UInt32(0)..<64).map {
                SeccompCall(architecture: 0x4000_0003, number: $0)
            }
            #expect(calls.allSatisfy { filter.answer(to: $0) == 0x8000_0000 })
            let verdicts = try await FilterProbe.ask(
                filter, about: calls, manner: .i386, as: identity)
            #expect(verdicts.allSatisfy { [.killed, .noSuchManner].contains($0) })
        }
    #endif

    @Test(
        "on random programs of every kind of instruction is the evaluator's answer",
        arguments: [0x5eed_0001, 0x5eed_0002, 0x5eed_0003] as [UInt64], Identity.available)
    func randomPrograms(seed: UInt64, identity: Identity) async throws {
        let architecture = try #require(SeccompArchitecture.native)
        var random = RepeatableRandom(seed: seed)
        for _ in 0..<12 {
            let filter = try RandomFilter.filter(using: &random)
            let calls = (0..<60).map { _ in
                SeccompCall(
                    UInt32.random(in: 0..<300, using: &random),
                    (0..<6).map { _ in RandomFilter.value(using: &random) }, on: architecture)
            }
            try await Self.agree(filter, calls, nil, identity)
        }
    }

    /// - Parameter meaning: nil for programs that are made from no rules.
    private static func agree(
        _ filter: CompiledFilter, _ calls: [SeccompCall], _ meaning: PolicyMeaning?,
        _ identity: Identity
    ) async throws {
        let verdicts = try await FilterProbe.ask(filter, about: calls, as: identity)
        for (call, verdict) in zip(calls, verdicts) where verdict != unasked[call.number] {
            let answer = filter.answer(to: call)
            #expect(verdict == FilterProbe.Verdict(answer), "\(call.text)")
            if let wanted = meaning?.decision(on: call).action.returnValue {
                #expect(verdict == FilterProbe.Verdict(wanted), "\(call.text)")
            }
        }
    }

    /// What meets a rule, each bit of that flipped, one more and one less, 0, the largest, and other
    /// upper halves, in each argument that the rule is about.
    private static func boundaries(
        of rule: SyscallRule, _ number: UInt32, _ architecture: SeccompArchitecture
    ) -> [SeccompCall] {
        let met = rule.metArguments
        var variants = [met]
        for condition in rule.conditions {
            let index = Int(condition.index)
            let value = met[index]
            let values =
                (UInt64(0)..<64).map { value ^ 1 << $0 }
                + [value &+ 1, value &- 1, 0, .max, value | 0xdead_beef << 32, condition.value]
            variants += values.map { other in
                var variant = met
                variant[index] = other
                return variant
            }
        }
        return variants.map { SeccompCall(number, $0, on: architecture) }
    }
}
