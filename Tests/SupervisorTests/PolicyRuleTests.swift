import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Reading the rules of a policy")
struct PolicyRuleTests {
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
        let found = ReadPolicy.said(of: ReadPolicy.text(rules: rule))
        let first = try #require(found.first)
        #expect(found.count == 1, "\(found)")
        #expect(first.contains(remedy), "\(first)")
        #expect(place == ReadPolicy.place(in: first), "\(first)")
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
        let found = ReadPolicy.said(of: ReadPolicy.text(rules: rules))
        let first = try #require(found.first)
        #expect(found.count == 1, "\(found)")
        #expect(first.contains(remedy), "\(first)")
        #expect(place == ReadPolicy.place(in: first), "\(first)")
    }

    @Test("two conditions on one argument are a rule each, as for container runtimes, and an error")
    func sameIndexTwice() throws {
        let rules = """
            - names: [read]
                    action: SCMP_ACT_ALLOW
                    args:
                      - { index: 1, value: 7, op: SCMP_CMP_EQ }
                      - { index: 0, value: 1, op: SCMP_CMP_GT }
                      - { index: 0, value: 9, op: SCMP_CMP_LT }
            """
        let document = try ReadPolicy.document(ReadPolicy.text(rules: rules))
        #expect(document.diagnostics.map(\.check) == [.alternativeConditions])
        #expect(document.diagnostics.first?.position == SourcePosition(line: 11, column: 13))
        #expect(
            document.profile.rules.map(\.rule.conditions) == [
                [ArgumentCondition(index: 1, .equal, value: 7)],
                [ArgumentCondition(index: 0, .greater, value: 1)],
                [ArgumentCondition(index: 0, .less, value: 9)],
            ])
    }

    @Test("a rule of which a part is not understood is no rule of the document")
    func halfRules() throws {
        for rule in [
            "- { names: [read], action: SCMP_ACT_ALLOW, args: [{ index: 9, value: 1, op: NO }] }",
            "- { names: [read], action: SCMP_ACT_ALLOW, args: { index: 0 } }",
            "- { names: [no_such_call_at_all], action: SCMP_ACT_ALLOW }",
        ] {
            #expect(try ReadPolicy.document(ReadPolicy.text(rules: rule)).profile.rules.isEmpty)
        }
    }

    @Test("a name nobody knows is an error in a denial and a warning in a permission")
    func unknownNames() throws {
        let policy = try ReadPolicy.document(
            ReadPolicy.text(rules: "- { names: [read, raed], action: SCMP_ACT_ALLOW }"))
        #expect(policy.profile.rules.map { $0.rule.names.map(\.text) } == [["read"]])
        #expect(policy.diagnostics.map(\.severity) == [.warning])
        #expect(policy.diagnostics.first?.hint == "write 'read'")
        let denied = ReadPolicy.said(
            of:
                ReadPolicy.text(rules: "- { names: [no_such_call_at_all], action: SCMP_ACT_ERRNO }")
        )
        #expect(denied.count == 1)
    }

    @Test("names newer than libseccomp, and those of other architectures, are known")
    func newNames() throws {
        let policy = try ReadPolicy.document(
            ReadPolicy.text(
                rules: "- { names: [mseal, rseq_slice_yield, socketcall], action: SCMP_ACT_ERRNO }")
        )
        #expect(policy.diagnostics.isEmpty)
        #expect(SyscallNames.lookup("mseal") == .number(462))
        #expect(SyscallNames.lookup("socketcall") == .elsewhere)
        #expect(SyscallNames.lookup("no_such_call") == .unknown)
    }
}
