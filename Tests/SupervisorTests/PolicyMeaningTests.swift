import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The meaning of a policy")
struct PolicyMeaningTests {
    private static func rule(
        _ name: String, _ action: SeccompAction, _ conditions: ArgumentCondition..., line: Int = 1
    ) -> SyscallRule {
        SyscallRule(
            names: [SyscallRule.Name(name, at: SourcePosition(line: line, column: 1))],
            action: action, conditions: conditions,
            position: SourcePosition(line: line, column: 1))
    }

    private static func meaning(
        _ rules: [SyscallRule], default action: SeccompAction = .notify,
        for architecture: SeccompArchitecture = .amd64
    ) -> PolicyMeaning {
        PolicyMeaning(
            SeccompRules(
                defaultAction: action, architectures: SeccompArchitecture.allCases, rules: rules),
            for: architecture)
    }

    private static func masked(_ mask: UInt64, _ value: UInt64) -> ArgumentCondition {
        ArgumentCondition(index: 0, .maskedEqual, value: mask, valueTwo: value)
    }

    @Test("calls of other architectures and of x32 end the process, and -1 is any call")
    func guards() {
        let meaning = Self.meaning([Self.rule("read", .allow)], default: .errno(1))
        func action(_ number: UInt32, _ architecture: UInt32 = 0xc000_003e) -> SeccompAction {
            meaning.decision(on: SeccompCall(architecture: architecture, number: number)).action
        }
        #expect(action(0) == .allow)
        #expect(action(0, 0xc000_00b7) == .killProcess)
        #expect(action(3, 0x4000_0003) == .killProcess)
        #expect(action(0x4000_0000) == .killProcess)
        #expect(action(.max) == .errno(1))
        let arm = Self.meaning([Self.rule("read", .allow)], default: .errno(1), for: .arm64)
        #expect(arm.decision(on: SeccompCall(63, on: .arm64)).action == .allow)
        #expect(arm.decision(on: SeccompCall(0x4000_0000, on: .arm64)).action == .errno(1))
    }

    @Test("rules for one call are alternatives, and the one that applies is named")
    func alternatives() {
        let meaning = Self.meaning([
            Self.rule("read", .allow, Self.masked(0xffff_ffff, 1), line: 10),
            Self.rule("read", .allow, Self.masked(0xffff_ffff, 2), line: 20),
        ])
        func decision(_ argument: UInt64) -> PolicyMeaning.Decision {
            meaning.decision(on: SeccompCall(0, [argument], on: .amd64))
        }
        #expect(decision(1).rule?.position.line == 10)
        #expect(decision(2).rule?.position.line == 20)
        #expect(decision(0xdead_0000_0000_0002).action == .allow)
        #expect(decision(3).action == .notify)
        #expect(decision(3).rule == nil)
    }

    @Test("of two rules without conditions the earlier one counts, as libseccomp has it")
    func twiceUnconditional() throws {
        for actions in [[SeccompAction.allow, .errno(1)], [.errno(1), .allow]] {
            let rules = SeccompRules(
                defaultAction: .notify, architectures: SeccompArchitecture.allCases,
                rules: actions.map { Self.rule("read", $0) })
            let call = SeccompCall(0, on: .amd64)
            let decision = PolicyMeaning(rules, for: .amd64).decision(on: call)
            #expect(decision.action == actions[0])
            let program = try PolicyCompiler.compile(rules, for: .amd64, path: "a.yaml")
            #expect(program.answer(to: call) == actions[0].returnValue)
        }
    }

    @Test("a rule without conditions decides alone, in either order")
    func unconditional() {
        let rules = [
            Self.rule("read", .errno(1), Self.masked(0xffff_ffff, 1)),
            Self.rule("read", .allow),
        ]
        for rules in [rules, rules.reversed()] {
            let call = SeccompCall(0, [1], on: .amd64)
            #expect(Self.meaning(rules).decision(on: call).action == .allow)
        }
    }

    @Test("of two masked comparisons the one that fixes more bits counts, in either order")
    func overlap() {
        let rules = [
            Self.rule("read", .errno(22), Self.masked(0x8000_0000, 0)),
            Self.rule("read", .allow, Self.masked(0xffff_ffff, 4)),
        ]
        for rules in [rules, rules.reversed()] {
            let meaning = Self.meaning(rules)
            #expect(meaning.decision(on: SeccompCall(0, [4], on: .amd64)).action == .allow)
            #expect(meaning.decision(on: SeccompCall(0, [5], on: .amd64)).action == .errno(22))
            let negative = SeccompCall(0, [0xffff_fffb], on: .amd64)
            #expect(meaning.decision(on: negative).action == .notify)
        }
    }

    @Test("a rule that repeats the default changes nothing")
    func repeatedDefault() {
        let meaning = Self.meaning(
            [
                Self.rule("read", .errno(1), line: 3),
                Self.rule("read", .allow, Self.masked(0xffff_ffff, 0)),
            ], default: .errno(1))
        #expect(meaning.decision(on: SeccompCall(0, on: .amd64)).action == .allow)
        let other = meaning.decision(on: SeccompCall(0, [1], on: .amd64))
        #expect(other.action == .errno(1))
        #expect(other.rule?.position.line == 3)
    }

    @Test("a name that the architecture lacks counts for nothing")
    func lacking() {
        let rules = [Self.rule("open", .allow)]
        #expect(Self.meaning(rules).rules(for: 2).count == 1)
        #expect(Self.meaning(rules, for: .arm64).numbers.contains { _ in true } == false)
    }

    @Test(
        "every comparison is of whole unsigned registers",
        arguments: [
            (.notEqual, 5, [4, 6], [5]), (.less, 5, [0, 4], [5, .max]),
            (.lessOrEqual, 5, [0, 5], [6, .max]), (.equal, 5, [5], [0x1_0000_0005]),
            (.greaterOrEqual, 5, [5, .max], [4]), (.greater, 5, [6, 1 << 63], [5, 0]),
        ] as [(ArgumentCondition.Comparison, UInt64, [UInt64], [UInt64])])
    func comparisons(
        comparison: ArgumentCondition.Comparison, value: UInt64, met: [UInt64], unmet: [UInt64]
    ) {
        let condition = ArgumentCondition(index: 0, comparison, value: value)
        #expect(met.allSatisfy { condition.holds(for: $0) })
        #expect(!unmet.contains { condition.holds(for: $0) })
    }
}
