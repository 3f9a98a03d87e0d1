import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The comparison of programs")
struct FilterComparisonTests {
    private static func rule(
        _ names: [String], _ action: SeccompAction, _ conditions: ArgumentCondition...,
        line: Int = 1
    ) -> SyscallRule {
        SyscallRule(
            names: names.map { SyscallRule.Name($0, at: .start) }, action: action,
            conditions: conditions, position: SourcePosition(line: line, column: 1))
    }

    private static func masked(_ index: UInt8, _ mask: UInt64, _ value: UInt64) -> ArgumentCondition
    {
        ArgumentCondition(index: index, .maskedEqual, value: mask, valueTwo: value)
    }

    private static func side(
        _ rules: [SyscallRule], _ defaultAction: SeccompAction,
        _ architecture: SeccompArchitecture
    ) throws -> FilterComparison.Side {
        let rules = SeccompRules(
            defaultAction: defaultAction, architectures: SeccompArchitecture.allCases,
            rules: rules)
        return FilterComparison.Side(
            filter: try PolicyCompiler.compile(rules, for: architecture, path: "p.yaml"),
            meaning: PolicyMeaning(rules, for: architecture))
    }

    private static func compare(
        _ one: [SyscallRule], _ other: [SyscallRule],
        defaults: (SeccompAction, SeccompAction) = (.notify, .notify),
        on architecture: SeccompArchitecture = .amd64
    ) throws -> [FilterComparison.Finding] {
        FilterComparison(
            try side(one, defaults.0, architecture), try side(other, defaults.1, architecture),
            on: architecture
        ).findings
    }

    @Test("the same rules in another order are equal", arguments: SeccompArchitecture.allCases)
    func equal(architecture: SeccompArchitecture) throws {
        let rules = [
            Self.rule(["read"], .allow, Self.masked(0, 0xffff_ffff, 1)),
            Self.rule(["read"], .allow, Self.masked(0, 0xffff_ffff, 2)),
            Self.rule(["close", "statx"], .errno(38)),
        ]
        #expect(try Self.compare(rules, rules.reversed(), on: architecture).isEmpty)
    }

    @Test("a call that is added is wider, and one that is removed narrower")
    func addedAndRemoved() throws {
        let found = try Self.compare(
            [Self.rule(["close"], .allow, line: 5)], [Self.rule(["ptrace"], .allow, line: 7)])
        #expect(found.map(\.direction) == [.narrower, .wider])
        #expect(found.map(\.call.number) == [3, 101])
        #expect(found[0].one.rule?.position.line == 5 && found[0].other.rule == nil)
        #expect(found[1].other.rule?.position.line == 7)
    }

    @Test("a mask with one bit less is one finding, whose call has that bit and no other")
    func maskBit() throws {
        func rules(_ mask: UInt64) -> [SyscallRule] {
            [
                Self.rule(
                    ["mmap"], .allow, Self.masked(2, mask, 0), Self.masked(3, 0xffff_ffff, 0x22))
            ]
        }
        let found = try Self.compare(rules(0xffff_fffc), rules(0xffff_fff8))
        #expect(found.count == 1)
        #expect(found.first?.direction == .wider)
        #expect(found.first?.call.arguments == [0, 0, 4, 0x22, 0, 0])
    }

    @Test("a condition that moves is wider and narrower")
    func moved() throws {
        let found = try Self.compare(
            [Self.rule(["read"], .allow, Self.masked(0, 0xffff_ffff, 3))],
            [Self.rule(["read"], .allow, Self.masked(0, 0xffff_ffff, 4))])
        #expect(found.map(\.direction) == [.wider, .narrower])
        #expect(found.map { $0.call.arguments[0] } == [4, 3])
    }

    @Test("a half of a 64-bit value that is no longer compared shows in that half")
    func upperHalf() throws {
        let found = try Self.compare(
            [Self.rule(["lseek"], .allow, ArgumentCondition(index: 1, .equal, value: 5))],
            [Self.rule(["lseek"], .allow, Self.masked(1, 0xffff_ffff, 5))])
        #expect(found.map(\.direction) == [.wider])
        let argument = try #require(found.first?.call.arguments[1])
        #expect(argument & 0xffff_ffff == 5 && argument >> 32 != 0)
    }

    @Test(
        "actions that leave as much to the child are changes",
        arguments: [
            (.errno(1), .errno(2), .changed), (.allow, .log, .changed),
            (.killProcess, .notify, .changed), (.trap, .killThread, .changed),
            (.errno(1), .allow, .wider), (.killProcess, .errno(1), .wider),
            (.log, .errno(1), .narrower), (.allow, .killProcess, .narrower),
        ] as [(SeccompAction, SeccompAction, FilterComparison.Direction)])
    func directions(
        one: SeccompAction, other: SeccompAction, direction: FilterComparison.Direction
    ) throws {
        let unused: (SeccompAction, SeccompAction) = (.trace(9), .trace(9))
        let found = try Self.compare(
            [Self.rule(["read"], one)], [Self.rule(["read"], other)], defaults: unused)
        #expect(found.map(\.direction) == [direction])
        #expect(found.first?.one.returnValue == one.returnValue)
        #expect(found.first?.other.returnValue == other.returnValue)
    }

    @Test("another default is one finding, beside the calls that rules name")
    func defaults() throws {
        let rules = [Self.rule(["read"], .allow, Self.masked(0, 0xffff_ffff, 0))]
        let found = try Self.compare(rules, rules, defaults: (.notify, .errno(1)))
        #expect(found.count == 2)
        #expect(found[0].call.number == 0 && found[0].call.arguments[0] == 1)
        #expect(found[1].numbers > 1_000)
        #expect(found.allSatisfy { $0.direction == .wider })
    }

    @Test("many changed values of one argument come to a few calls")
    func fewWitnesses() throws {
        let rules = (UInt64(0)..<30).map { value in
            Self.rule(
                ["ioctl"], .allow, Self.masked(1, 0xffff_ffff, 0x5400 + value), line: Int(value))
        }
        let found = try Self.compare(rules, [])
        #expect((1...3).contains(found.count))
        #expect(found.allSatisfy { $0.direction == .narrower && $0.call.number == 16 })
    }
}
