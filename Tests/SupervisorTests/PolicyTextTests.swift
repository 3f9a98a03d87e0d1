import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The text of policy files")
struct PolicyTextTests {
    private static func refused(_ bytes: [UInt8]) -> [PolicyDiagnostic] {
        do {
            _ = try PolicyReader.document(bytes, path: "test.yaml")
            return []
        } catch {
            return error.diagnostics
        }
    }

    private static func refused(_ text: String) -> [String] {
        refused(Array(text.utf8)).map(\.description)
    }

    @Test(
        "YAML beyond JSON and comments is refused where it stands",
        arguments: [
            ("linux: &a { seccomp: { defaultAction: SCMP_ACT_ALLOW } }", "1:8", "anchors"),
            ("linux: { a: &x 1, b: *x, padding: 1 }", "1:13", "anchors"),
            ("linux: { a: !!int 1, padding: 11 }", "1:13", "tag"),
            ("linux: !mine { padding: 11111111 }", "1:8", "tag"),
            ("linux: 1 # padding\n--- \nlinux: 2", "2:1", "another document"),
            ("linux: 1 # padding\nlinux: 2", "1:1", "more than once"),
            ("linux: { a: 1,\n  b: 2,\n  a: 3 }", "1:10", "'a' is there more than once"),
            ("linux: [1, 2 # never closed", "2:1", "not YAML"),
            ("linux: *unknown # padding", "1:8", "undefined alias"),
            ("[linux, process]", "1:1", "not a mapping"),
            ("nothing but a line of text", "1:1", "not a mapping"),
            ("linux: \"\u{1}\" # padding", "1:9", "control characters"),
        ])
    func yaml(text: String, place: String, what: String) throws {
        let found = Self.refused(text)
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.contains(what), "\(first)")
        #expect(first.hasPrefix("test.yaml:\(place): "), "\(first)")
    }

    @Test(
        "what is no text is refused with its place",
        arguments: [
            (Array("linux: 1\n# caf\u{e9} ".utf8) + [0xe9, 0x0a], 2, 8, "not UTF-8"),
            ([0xEF, 0xBB, 0xBF] + Array("linux: 1\n# ".utf8) + [0xff], 2, 3, "not UTF-8"),
            (Array("linux: 1\n# caf\u{e9}\0x".utf8), 2, 7, "NUL"),
            ([0xFF, 0xFE] + Array("l\0i\0n\0u\0x\0".utf8), 1, 1, "UTF-16"),
            ([0xFE, 0xFF] + Array("\0l\0i\0n\0u\0x".utf8), 1, 1, "UTF-16"),
            (Array("l\0i\0n\0u\0x\0:\0".utf8), 1, 2, "NUL"),
            ([], 1, 1, "holds no policy"),
            ([0xEF, 0xBB, 0xBF], 1, 1, "holds no policy"),
            (Array("# only a comment, nothing else".utf8), 1, 1, "holds no policy"),
        ] as [([UInt8], Int, Int, String)])
    func noText(bytes: [UInt8], line: Int, column: Int, what: String) throws {
        let found = Self.refused(bytes)
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.what.contains(what), "\(first)")
        #expect(first.position == SourcePosition(line: line, column: column), "\(first)")
        #expect(first.check == .unreadable)
    }

    @Test("a byte order mark and lines that end as on Windows change nothing")
    func otherEditors() throws {
        let text = ReadPolicy.text(rules: "- { names: [raed], action: SCMP_ACT_ERRNO }")
        let plain = ReadPolicy.diagnostics(of: text)
        #expect(plain.map(\.position) == [SourcePosition(line: 6, column: 19)])
        #expect(ReadPolicy.diagnostics(of: "\u{feff}" + text) == plain)
        #expect(ReadPolicy.diagnostics(of: text.replacing("\n", with: "\r\n")) == plain)
    }

    @Test("columns count characters, behind letters of several bytes and tabs too")
    func columns() {
        let accented = ReadPolicy.text(
            rules: "- { comment: \"\u{e9}\u{1f600}\", names: [raed], action: SCMP_ACT_ERRNO }")
        #expect(ReadPolicy.said(of: accented).map(ReadPolicy.place) == ["6:34"])
        let tabs = "{\n\t\"defaultAction\":\t\"SCMP_ACT_ALOW\"\n}"
        #expect(ReadPolicy.said(of: tabs).map(ReadPolicy.place) == ["1:1", "2:19"])
    }

    @Test("nesting has an end, in brackets and in lines")
    func nesting() throws {
        let deep = "linux: " + String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        let abyss = "linux: " + String(repeating: "[", count: 200_000)
        let braces = String(repeating: "{a: ", count: 50_000)
        let dashes = String(repeating: "- ", count: 100_000) + "a"
        let lines = (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        for text in [deep, abyss, braces, dashes, lines] {
            let found = Self.refused(text)
            #expect(found.count == 1)
            #expect(found.first?.contains("nested too deep") == true, "\(found)")
        }
    }

    @Test("aliases of aliases are refused before a parser builds what they stand for")
    func billionLaughs() throws {
        // As a key, the last one is read 2^40 times by whoever compares keys.
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1),*a\($0 - 1)]\n" }
        let text = "a0: &a0 [ha,ha]\n" + levels.joined() + "? *a40\n: 1\n"
        let found = Self.refused(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("anchors and aliases are not read") == true, "\(found)")
        let starred = String(repeating: "# a *star, 2 * 3, **bold**\n", count: 20)
        #expect(ReadPolicy.diagnostics(of: starred + ReadPolicy.text()).isEmpty)
    }

    @Test("a file is at most 256 KiB")
    func size() {
        let largest = "linux: 1 #" + String(repeating: " ", count: (256 << 10) - 10)
        #expect(
            Self.refused(largest).contains { $0.contains("'linux'") || $0.contains("linux is") })
        #expect(Self.refused(largest + " ").first?.contains("larger than 256KiB") == true)
        #expect(Self.refused(largest + " ").count == 1)
    }

    @Test("more rules, or more names in them, than can be compared are refused")
    func manyRules() throws {
        let rule = "\n      - { names: [read], action: SCMP_ACT_LOG }"
        let rules = String(repeating: rule, count: 1_001).dropFirst(7)
        let document = try ReadPolicy.document(ReadPolicy.text(rules: String(rules)))
        #expect(document.profile.rules.count == 1_000)
        #expect(document.diagnostics.map(\.line) == [1_006])
        let names = "- { names: [\(SyscallNames.native.prefix(300).joined(separator: ","))], "
        let wide = String(repeating: "\n      \(names)action: SCMP_ACT_LOG }", count: 40)
        let found = try ReadPolicy.document(ReadPolicy.text(rules: String(wide.dropFirst(7))))
        #expect(found.profile.rules.count == 33)
        #expect(found.diagnostics.map(\.line) == [39])
    }

    @Test("of very many mistakes the first 200 are told, and a huge word in part")
    func manyMistakes() throws {
        let names = String(repeating: "raed, ", count: 20_000)
        let found = ReadPolicy.diagnostics(
            of: ReadPolicy.text(rules: "- { action: SCMP_ACT_LOG, names: [\(names)read] }"))
        #expect(found.count == 201)
        #expect(found.last?.what == "there is more to say from here on")
        #expect(found.last?.severity == .error)
        let huge = ReadPolicy.diagnostics(
            of: ReadPolicy.text(own: "formats: [\(String(repeating: "x", count: 200_000))]"))
        #expect(huge.allSatisfy { $0.description.utf8.count < 1_000 })
        #expect(huge.first?.what.hasSuffix("is not known") == true)
    }
}
