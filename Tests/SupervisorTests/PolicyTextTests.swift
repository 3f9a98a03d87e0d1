import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The text of policy files")
struct PolicyTextTests {
    private static func refused(_ text: String) -> [String] {
        do {
            _ = try PolicyReader.parse(Array(text.utf8), name: "test")
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
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
            ("linux: [1, 2 # never closed", "2:1", "not YAML"),
            ("linux: *unknown # padding", "1:8", "undefined alias"),
        ])
    func yaml(text: String, place: String, what: String) throws {
        let found = Self.refused(text)
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.contains(what), "\(first)")
        #expect(first.hasPrefix("test.yaml:\(place): "), "\(first)")
    }

    @Test("a file too deep, too large, too small or not UTF-8 is refused")
    func badFiles() {
        let deep = "linux: " + String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(Self.refused(deep).first?.contains("nested too deep") == true)
        let abyss = "linux: " + String(repeating: "[", count: 500_000)
        #expect(Self.refused(abyss).count == 1)
        let large = "linux: 1 #" + String(repeating: " ", count: 1 << 20)
        #expect(Self.refused(large).first?.contains("larger than 1 MiB") == true)
        #expect(Self.refused("").first?.contains("holds no policy") == true)
        #expect(Self.refused("# only a comment, nothing else").count == 1)
        let error = #expect(throws: PolicyError.self) {
            try PolicyReader.parse(
                Array("linux: 1\n# caf\u{e9} ".utf8) + [0xe9, 0x0a], name: "test")
        }
        #expect(error?.diagnostics.first?.position == SourcePosition(line: 2, column: 8))
    }
}
