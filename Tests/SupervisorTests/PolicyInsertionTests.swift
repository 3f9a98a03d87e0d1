import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Inserting rules into policy files")
struct PolicyInsertionTests {
    private static let added = SyscallRule(
        names: [.init("getrusage", at: .start)], action: .allow,
        comment: "tells what the process has used; a child ended by it in stage decode")

    private static func file(_ name: String) throws -> (bytes: [UInt8], PolicyDocument) {
        let path = ReadPolicy.repositoryFile("policies/\(name).yaml")
        return (try PolicyReader.bytes(path: path), try PolicyReader.document(path: path))
    }

    private static func insert(
        _ rule: SyscallRule = Self.added, into text: String
    ) throws -> PolicyInsertion {
        try PolicyInsertion(
            rule, into: Array(text.utf8), of: try ReadPolicy.document(text))
    }

    private static func lines(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    @Test(
        "every line of a shipped policy stays, and the rule stands behind the last one",
        arguments: ["raster", "extended", "document"])
    func shipped(name: String) throws {
        let (bytes, document) = try Self.file(name)
        let insertion = try PolicyInsertion(Self.added, into: bytes, of: document)
        let (old, new) = (Self.lines(bytes), Self.lines(insertion.bytes))
        let difference = new.difference(from: old)
        #expect(difference.removals.isEmpty)
        #expect(difference.insertions.count == insertion.added.count)
        #expect(String(decoding: insertion.bytes, as: UTF8.self).contains("getrusage"))
        let found = insertion.document.profile.rules.last?.rule
        #expect(found?.names.map(\.text) == ["getrusage"])
        #expect(found?.comment == Self.added.comment)
        #expect(
            PolicyLinter.lint(insertion.document).filter { $0.severity != .note }.isEmpty)
        // A second one goes behind the first.
        var other = Self.added
        other.names = [.init("getcpu", at: .start)]
        let both = try PolicyInsertion(other, into: insertion.bytes, of: insertion.document)
        #expect(
            both.document.profile.rules.suffix(2).map { $0.rule.names[0].text }
                == ["getrusage", "getcpu"])
    }

    @Test("where a file names a call for the first time, its base's rules for it come along")
    func copied() throws {
        let rule = SyscallRule(
            names: [.init("write", at: .start)], action: .allow,
            conditions: [
                ArgumentCondition(index: 0, .maskedEqual, value: 0xffff_ffff, valueTwo: 9)
            ], comment: "descriptor 9")
        let (bytes, document) = try Self.file("extended")
        let insertion = try PolicyInsertion(rule, into: bytes, of: document)
        let own = insertion.document.profile.rules.map(\.rule).filter { $0.file == nil }
        #expect(own.map { $0.names.map(\.text) } == Array(repeating: ["write"], count: 4))
        #expect(own.map { $0.conditions[0].valueTwo } == [1, 2, 4, 9])
        // In document.yaml, which names mmap itself, nothing comes along.
        let (text, drawn) = try Self.file("document")
        var mmap = rule
        mmap.names = [.init("mmap", at: .start)]
        mmap.conditions[0].index = 4
        let count = drawn.profile.rules.count { $0.rule.file == nil }
        let changed = try PolicyInsertion(mmap, into: text, of: drawn)
        #expect(changed.document.profile.rules.count { $0.rule.file == nil } == count + 1)
    }

    /// Whole files with other layouts.
    private static let layouts: [(name: String, text: String)] = [
        (
            "lists at their keys, comments behind",
            """
            x-glovebox: { formats: [jpeg] }
            linux:
              seccomp:
                defaultAction: SCMP_ACT_NOTIFY
                syscalls:
                - names:
                  - read
                  action: SCMP_ACT_ALLOW
                  comment: |
                    many
                      lines

                # the end of the rules
              # the end of seccomp
            # the end
            """
        ),
        (
            "rules in flow style in a block list, the list before other keys",
            """
            x-glovebox: { formats: [jpeg] }
            linux:
                seccomp:
                    syscalls:
                        - { names: [read], action: SCMP_ACT_ALLOW, comment: a }
                        - { names: [write], action: SCMP_ACT_ALLOW,
                            comment: b }
                    defaultAction: SCMP_ACT_NOTIFY
            process: { rlimits: [] }
            """
        ),
        (
            "no list yet",
            """
            linux:
              seccomp:
                defaultAction: SCMP_ACT_NOTIFY
              namespaces:
                [{ type: user }, { type: pid }, { type: network }, { type: mount },
                 { type: ipc }, { type: uts }, { type: cgroup }]
            x-glovebox:
              formats: [jpeg]
            """
        ),
        (
            "a dash of its own",
            """
            x-glovebox:
              formats: [jpeg]
            linux:
              seccomp:
                defaultAction: SCMP_ACT_NOTIFY
                syscalls:
                  -
                    # why
                    names: [read]
                    action: SCMP_ACT_ALLOW
            """
        ),
    ]

    @Test("other layouts keep their lines too", arguments: layouts.map(\.text))
    func otherLayouts(text: String) throws {
        let insertion = try Self.insert(into: text)
        let difference = Self.lines(insertion.bytes).filter { $0 != "" }.difference(
            from: Self.lines(Array(text.utf8)).filter { $0 != "" })
        #expect(difference.removals.isEmpty)
        #expect(insertion.document.profile.rules.last?.rule.names[0].text == "getrusage")
    }

    @Test("ends of lines stay what they are")
    func carriageReturns() throws {
        let text = Self.layouts[0].text.replacing("\n", with: "\r\n") + "\r\n"
        let insertion = try Self.insert(into: text)
        let changed = String(decoding: insertion.bytes, as: UTF8.self)
        #expect(changed.contains("names: [getrusage]\r\n"))
        #expect(!changed.replacing("\r\n", with: "").contains("\n"))
    }

    @Test(
        "JSON and flow style are refused, with the rule to paste",
        arguments: [
            """
            {"x-glovebox": {"formats": ["jpeg"]}, "linux": {"seccomp": {
              "defaultAction": "SCMP_ACT_NOTIFY", "syscalls": [
                {"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}}}
            """,
            """
            x-glovebox: { formats: [jpeg] }
            linux: { seccomp: { defaultAction: SCMP_ACT_NOTIFY, syscalls: [] } }
            """,
            """
            x-glovebox: { formats: [jpeg] }
            linux:
              seccomp:
                defaultAction: SCMP_ACT_NOTIFY
                syscalls: []
            """,
        ])
    func flow(text: String) throws {
        let refusal = #expect(throws: PolicyInsertion.Refusal.self) {
            try Self.insert(into: text)
        }
        #expect(refusal?.rules.contains("- names: [getrusage]") == true)
        #expect(refusal?.reason.contains("flow style") == true)
    }

    @Test("comments of every kind come back as they were written")
    func comments() throws {
        let comments = [
            "plain words, and more: with a colon", "# a hash", "'quoted' and \"quoted\"",
            "- a dash", "{ braces }", "true", "1.5",
            "long " + String(repeating: "word ", count: 60)
                + "end", "a \u{1b}[31m b", "key: value", "ünïcödé 🖼 text", "trailing: ",
        ]
        for comment in comments {
            var rule = Self.added
            rule.comment = comment
            let insertion = try Self.insert(rule, into: Self.layouts[1].text)
            #expect(
                insertion.document.profile.rules.last?.rule.comment == RuleText.oneLine(comment))
        }
    }
}
