import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Rules that contradict each other")
struct RuleConflictTests {
    private typealias Kind = SeccompRules.Conflict.Kind

    private func kinds(
        _ first: (SeccompAction, [ArgumentCondition]),
        _ second: (SeccompAction, [ArgumentCondition]), default action: SeccompAction = .notify
    ) -> [SeccompRules.Conflict.Kind] {
        let rules = [first, second].enumerated().map { index, rule in
            let position = SourcePosition(line: index + 1, column: 1)
            return SyscallRule(
                names: [SyscallRule.Name("madvise", at: position)], action: rule.0,
                conditions: rule.1, position: position)
        }
        let seccomp = SeccompRules(defaultAction: action, architectures: [], rules: rules)
        return seccomp.conflicts().map(\.kind)
    }

    private func masked(_ mask: UInt64, _ result: UInt64, index: UInt8 = 2) -> ArgumentCondition {
        ArgumentCondition(index: index, .maskedEqual, value: mask, valueTwo: result)
    }

    @Test("two actions for one call, and conditions beside none, contradict each other")
    func unconditional() {
        #expect(kinds((.allow, []), (.errno(1), [])) == [.twoActions])
        #expect(kinds((.allow, [masked(0xff, 4)]), (.errno(1), [])) == [.conditionsWithoutEffect])
        #expect(kinds((.errno(1), []), (.allow, [masked(0xff, 4)])) == [.conditionsWithoutEffect])
        #expect(kinds((.allow, []), (.allow, [masked(0xff, 4)])).isEmpty)
    }

    @Test("conditions that no call meets together do not contradict each other")
    func exclusive() {
        let four = masked(0xffff_ffff, 4)
        #expect(kinds((.allow, [four]), (.errno(1), [masked(0xffff_ffff, 5)])).isEmpty)
        #expect(kinds((.allow, [four]), (.errno(1), [masked(1, 1)])).isEmpty)
        let above = ArgumentCondition(index: 2, .greater, value: 9)
        let most = ArgumentCondition(index: 2, .lessOrEqual, value: 9)
        let exactly = ArgumentCondition(index: 2, .equal, value: 9)
        let other = ArgumentCondition(index: 2, .notEqual, value: 9)
        #expect(kinds((.allow, [above]), (.errno(1), [most])).isEmpty)
        #expect(kinds((.allow, [exactly]), (.errno(1), [other])).isEmpty)
        #expect(kinds((.allow, [exactly]), (.errno(1), [most])) == [.bothCanMatch])
    }

    @Test("an overlap is settled only where the narrower comparison has the larger result")
    func overlaps() {
        let wide = masked(0x8000_0000, 0)
        #expect(kinds((.allow, [masked(0xffff_ffff, 4)]), (.errno(22), [wide])).isEmpty)
        #expect(
            kinds((.allow, [masked(0xffff_ffff, 0)]), (.errno(22), [wide])) == [.bothCanMatch])
        #expect(kinds((.allow, [masked(1, 1)]), (.errno(22), [wide])) == [.bothCanMatch])
        #expect(
            kinds((.allow, [masked(0xffff_ffff, 4, index: 1)]), (.errno(22), [wide]))
                == [.bothCanMatch])
        let upperHalf = masked(0xffff_ffff_ffff_ffff, 0x1_0000_0004)
        #expect(kinds((.allow, [upperHalf]), (.errno(22), [wide])) == [.bothCanMatch])
    }

    @Test("an exception that does as the default cannot be made")
    func exceptionAsDefault() {
        let narrow = masked(0xffff_ffff, 4)
        #expect(kinds((.notify, [narrow]), (.allow, [masked(1, 0)])) == [.bothCanMatch])
    }
}
