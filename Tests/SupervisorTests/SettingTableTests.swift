import Configuration
import Foundation
import Testing

@testable import Supervisor

@Suite("The table of settings")
struct SettingTableTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func committed(_ path: String) throws -> String {
        try String(contentsOf: repository.appending(path: path), encoding: .utf8)
    }

    @Test("docs/configuration.md is what the table gives")
    func documentation() throws {
        let isSame = try Self.committed("docs/configuration.md") == SettingDocumentation.markdown
        #expect(isSame, "run: glovebox config docs > docs/configuration.md")
    }

    @Test(".env.example is what the table gives")
    func environmentExample() throws {
        let text = try Self.committed(".env.example")
        let isSame = text == SettingDocumentation.environmentExample
        #expect(isSame, "run: glovebox config env > .env.example")
        let file = EnvironmentFile(path: ".env", text: text.replacing("\n#G", with: "\nG"))
        #expect(file.problems.isEmpty && KnownVariables.problems(in: file).isEmpty)
        #expect(Set(file.variables.keys) == Set(KnownVariables.ofSettings))
    }

    @Test("no two settings share a name")
    func names() {
        let all = SettingTable.all
        #expect(Set(all.map(\.key)).count == all.count)
        #expect(Set(all.map(\.variable)).count == all.count)
        #expect(Set(all.compactMap(\.option)).count == all.compactMap(\.option).count)
    }

    @Test("variables are called as swift-configuration calls them")
    func variables() throws {
        let others = [
            "vips": "GLOVEBOX_VIPS_DIR", "proxies.trusted": "GLOVEBOX_TRUSTED_PROXIES",
            "keys": "GLOVEBOX_API_KEYS",
        ]
        for setting in SettingTable.all where others[setting.key] == nil {
            let parts = ["glovebox"] + setting.key.split(separator: ".").map(String.init)
            let found = try EnvironmentVariablesProvider(environmentVariables: [:])
                .value(forKey: AbsoluteConfigKey(parts), type: .string)
            #expect(found.encodedKey == setting.variable)
        }
        for (key, name) in others { #expect(SettingTable.setting(key)?.variable == name) }
        #expect(SettingTable.setting("keys")?.fileVariable == "GLOVEBOX_API_KEYS_FILE")
        #expect(SettingTable.setting("keys")?.fileKey == "keys_file")
    }

    @Test("every default that is a constant can be written")
    func defaults() throws {
        let inWords: Set = [
            "admin_key", "state", "images", "policies", "formats", "vips", "sandbox", "user",
            "workers",
            "queue", "warm", "max_input_bytes", "max_pixels", "max_frame_pixels",
            "http.connections", "http.connections_per_address", "slowing.deaths",
            "penalty.errors", "clients.rate", "quarantine_key", "audit_log.key",
            "watermark.path", "watermark.data", "fallback.path", "fallback.data",
            "sources.certificates", "s3.endpoint", "s3.access_key", "s3.secret_key",
            "s3.session_token", "keys",
        ]
        for setting in SettingTable.all where !inWords.contains(setting.key) {
            var configuration = ServiceConfiguration()
            let origin = Origin(.option, "--x")
            try setting.set(setting.standard, from: origin, in: &configuration)
            #expect(setting.isSame(in: configuration, ServiceConfiguration()), "\(setting.key)")
        }
    }

    @Test("what is out of range is answered with a reason")
    func reasons() throws {
        for setting in SettingTable.all where setting.expects.contains(" from ") {
            #expect(!setting.why.isEmpty, "\(setting.key)")
        }
        let timeout = try #require(SettingTable.setting("timeout"))
        var configuration = ServiceConfiguration()
        let problem = #expect(throws: ConfigurationProblem.self) {
            try timeout.set(
                "2h", from: Origin(.file, "glovebox.yaml: timeout", line: 3), in: &configuration)
        }
        #expect(
            problem?.description
                == "glovebox.yaml: timeout: \"2h\" is out of range: \(timeout.why). "
                + "Write \(timeout.expects). (line 3)")
    }

    @Test("a value cannot break out of its message")
    func quoting() throws {
        var configuration = ServiceConfiguration()
        let text = "1\n\u{1b}[2J" + String(repeating: "x", count: 500)
        let problem = #expect(throws: ConfigurationProblem.self) {
            try SettingTable.setting("workers")?.set(
                text, from: Origin(.variable, "GLOVEBOX_WORKERS"), in: &configuration)
        }
        let said = try #require(problem?.description)
        #expect(said.allSatisfy { $0.isASCII && !$0.isNewline && $0 != "\u{1b}" })
        #expect(said.count < 300)
    }
}
