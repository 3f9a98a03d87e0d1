import Crypto
import FoundationEssentials
import RequestSyntax
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Keys that the configuration declares")
struct DeclaredKeysTests {
    private static let hash = "sha256:" + String(repeating: "0a", count: 32)
    private static let other = "sha256:" + String(repeating: "0b", count: 32)
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    private func problem(_ text: String) -> StrictYAML.Problem? {
        do throws(StrictYAML.Problem) {
            _ = try DeclaredKeys(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("a list in YAML or in JSON is read, and lets in whom its hashes are of")
    func read() throws {
        var generator = SystemRandomNumberGenerator()
        let text = APIKeyText(.live, using: &generator)
        // SHA-256 by the library, and not by what reads it.
        let digest = SHA256.hash(data: Data(text.text.utf8))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        for list in [
            "- id: edge\n  hash: sha256:\(digest)\n  scopes: [process, info]\n  concurrent: 4\n",
            #"[{"id":"edge","hash":"sha256:\#(digest)","scopes":["process","info"],"concurrent":4}]"#,
        ] {
            let ring = KeyRing()
            ring.replace(declared: try DeclaredKeys(Array(list.utf8)).entries)
            let key = try #require(ring.key(text, now: 0))
            #expect(key.id == "edge" && key.scopes == [.process, .info])
            #expect(key.limits.concurrent == 4 && key.created == nil)
        }
    }

    @Test(
        "what is wrong is said with its line",
        arguments: [
            ("- id: a\n  hash: HASH\n  scope: [process]\n", 3, "no member \"scope\""),
            ("- id: a\n  hash: HASH\n", 1, "has no scopes"),
            ("- id: a\n  scopes: [process]\n", 1, "has no hash"),
            ("- hash: HASH\n  scopes: [process]\n", 1, "without an id"),
            ("- id: 'a b'\n  hash: HASH\n  scopes: [process]\n", 1, "no id"),
            ("- id: a\n  hash: sha256:ZERO\n  scopes: [process]\n", 2, "a hash of zeros"),
            ("- id: a\n  hash: sha256:00\n  scopes: [process]\n", 2, "a hash that is none"),
            ("- id: a\n  hash: gbx_live_x\n  scopes: [process]\n", 2, "a key itself"),
            ("- id: a\n  hash: HASH\n  scopes: [proces]\n", 3, "no scope"),
            ("- id: a\n  hash: HASH\n  scopes: [info]\n  expires: 90d\n", 4, "no time"),
            ("- id: a\n  hash: HASH\n  scopes: [info]\n  created: never\n", 4, "no time"),
            ("- id: a\n  hash: HASH\n  scopes: []\n  id: b\n", 1, "more than once"),
            (
                "- {id: a, hash: HASH, scopes: [info]}\n- {id: a, hash: OTHER, scopes: [info]}\n",
                2, "more than once"
            ),
            (
                "- {id: a, hash: HASH, scopes: [info]}\n- {id: b, hash: HASH, scopes: [info]}\n",
                2, "the hash of 'a'"
            ),
            ("keys: []", 1, "no list of keys"), ("- a\n", 1, "no list of members"),
        ])
    func wrong(_ text: String, _ line: Int, _ what: String) {
        let text = text.replacing("HASH", with: Self.hash).replacing("OTHER", with: Self.other)
            .replacing("ZERO", with: String(repeating: "0", count: 64))
        let problem = problem(text)
        #expect(problem?.position.line == line, "\(String(describing: problem))")
        #expect(problem?.what.contains(what) == true, "\(String(describing: problem))")
    }

    @Test("they stand in the configuration file among other settings, and are never shown")
    func configurationFile() throws {
        try folder.write(
            """
            timeout: 7
            http: {idle_timeout: 1m}
            keys:
              - id: edge
                hash: \(Self.hash)
                scopes: [process]
            sources:
              allowed: [https://a.example/, "https://b.example/"]
            """, to: "glovebox.yaml")
        let configuration = try folder.loader(dev: true).load(for: .serving)
        #expect(configuration.keys.entries.map(\.key.id) == ["edge"])
        #expect(configuration.timeout == .seconds(7))
        #expect(configuration.http.idleTimeout == .seconds(60))
        #expect(configuration.sources.allowed.patterns.count == 2)
        #expect(configuration.origin(of: "keys").line == 3)
        let shown = ShownConfiguration(configuration)
        for text in [shown.text, shown.json.text, "\(configuration)"] {
            #expect(!text.contains("0a0a"))
        }
        #expect(shown.text.contains("(set)"))
    }

    @Test("a mistake in the configuration file has its line there, and is told once")
    func configurationLine() throws {
        let file = try folder.write(
            "timeout: 7\nkeys:\n  - id: edge\n    hash: gbx_live_x\n    scopes: [process]\n",
            to: "glovebox.yaml")
        let problems = folder.loader(dev: true).problems(.serving)
        #expect(problems.count == 1)
        #expect(
            problems.first?.description.hasPrefix("\(file): keys: 'edge' has a key itself") == true)
        #expect(problems.first?.description.hasSuffix("(line 4)") == true)
    }

    @Test("a file of their own is named by the setting or the variable, and its lines are told")
    func ownFile() throws {
        let file = try folder.write(
            "- {id: edge, hash: '\(Self.hash)', scopes: [process]}\n", to: "keys.yaml")
        try folder.write("keys_file: keys.yaml\n", to: "glovebox.yaml")
        let loaded = try folder.loader(dev: true).load(for: .serving)
        #expect(loaded.keys.entries.map(\.key.id) == ["edge"])
        #expect(!loaded.warnings.contains { $0.contains("keys.yaml") })
        try folder.write("\n- {id: edge, hash: x, scopes: [process]}\n", to: "keys.yaml")
        let problems = folder.loader(dev: true).problems(.serving)
        #expect(problems.count == 1)
        let text = problems.first?.description ?? ""
        #expect(text.contains(file) && text.contains("line 2"), "\(text)")
    }

    @Test("mistakes of all keys are told at once, expired keys and keys themselves are warned of")
    func several() throws {
        let wrong = "- {id: a, hash: x, scopes: [info]}\n- {id: b, hash: '\(Self.hash)'}\n"
        try folder.write("keys:\n" + wrong, to: "glovebox.yaml")
        let lines = folder.loader(dev: true).problems(.serving).map { $0.suffix(8) }
        #expect(lines == ["(line 2)", "(line 3)"])
        try folder.write(wrong, to: "keys.yaml")
        try folder.write("keys_file: keys.yaml\n", to: "glovebox.yaml")
        let text = folder.loader(dev: true).problems(.serving).first?.description ?? ""
        #expect(text.contains("line 1: ") && text.contains("line 2: 'b' has no scopes"), "\(text)")
        var generator = SystemRandomNumberGenerator()
        let key = APIKeyText(.live, using: &generator).text
        try folder.write(
            "# \(key)\n- {id: a, hash: '\(Self.hash)', scopes: [info], expires: 2020-01-01}\n",
            to: "keys.yaml")
        let warnings = try folder.loader(dev: true).load(for: .serving).warnings
        #expect(warnings.contains { $0.contains("a has expired at 2020-01-01T00:00:00Z") })
        #expect(warnings.contains { $0.contains("stands a key itself") && !$0.contains(key) })
    }

    @Test("a reload's changes of keys are lines of the audit log, without hashes")
    func trail() throws {
        func declared(_ text: String) throws -> [KeyRing.Entry] {
            try DeclaredKeys(
                Array(
                    text.replacing("HASH", with: Self.hash).replacing("OTHER", with: Self.other)
                        .utf8)
            ).entries
        }
        let audit = KeptAudit()
        let old = try declared(
            "[{id: a, hash: HASH, scopes: [info]}, {id: b, hash: OTHER, scopes: [info]}]")
        let new = try declared(
            "[{id: b, hash: OTHER, scopes: [info], rate: 5/s}, {id: c, hash: HASH, scopes: [info]}]"
        )
        ReloadTrail.record(old, new, by: .operator, in: audit)
        ReloadTrail.record(new, new, by: .operator, in: audit)
        #expect(audit.events.map(\.action) == [.keyUndeclared, .keyChanged, .keyDeclared])
        #expect(audit.events.map(\.subject) == ["a", "b", "c"])
        let fields = audit.events[1].fields
        #expect(fields.contains { $0.name == "rate" && $0.value == .string("5/s") })
        #expect(fields.contains { $0.name == "new_hash" && $0.value == .bool(false) })
        #expect(!audit.events.contains { "\($0.fields)".contains("0b0b") })
    }

    @Test("what --print-hash prints is what is read")
    func printed() throws {
        let terms = try KeyTerms(
            [.name: ["a: #b"], .rate: ["5/s"], .allow: ["::1"], .expires: ["90d"]], now: 1_000)
        let members: [(String, JSONValue)] =
            [("id", .string("k-1")), ("hash", .string(Self.hash))] + terms.members
        let yaml = members.enumerated().map { index, member in
            "\(index == 0 ? "- " : "  ")\(member.0): \(member.1.text)\n"
        }
        let keys = try DeclaredKeys(Array(yaml.joined().utf8))
        #expect(keys.entries.map { KeyTerms($0.key) } == [terms])
    }
}
