import Testing

@testable import Supervisor

@Suite("Settings of signed URLs and of sources")
struct SourceSettingTests {
    private func problem(_ key: String, _ text: String) throws -> String? {
        var configuration = ServiceConfiguration()
        let setting = try #require(SettingTable.setting(key))
        do throws(ConfigurationProblem) {
            try setting.set(text, from: Origin(.option, "--x"), in: &configuration)
            return nil
        } catch {
            return error.description
        }
    }

    /// Values, and what is said of them; nil where they are taken. Blocks without the bits behind
    /// their prefix are those of Python's ipaddress.ip_network(text, strict=False).
    static let values: [(String, String, String?)] = [
        ("sources.addresses", "10.1.2.3/16", "--x: \"10.1.2.3/16\" has bits behind its prefix. W"),
        ("sources.addresses", "10.1.2.3/16", "prefix. Write 10.1.0.0/16."),
        ("sources.addresses", "10.1.255.3/22", "Write 10.1.252.0/22."),
        ("sources.addresses", "fd12:3456::1/17", "Write fd12::/17."),
        ("sources.addresses", "1.2.3.4/0", "Write 0.0.0.0/0."),
        ("sources.addresses", "10.0.0.1/33", "--x: \"10.0.0.1/33\" is no block of addresses. W"),
        ("sources.addresses", "10.0.0.1/99999999999999999999", "is no block of addresses"),
        (
            "sources.addresses", "::1,10.0.0.1/8",
            "\"::1,10.0.0.1/8\" has \"10.0.0.1/8\", which has bits behind its prefix. Write 10.0"
        ),
        ("sources.addresses", " 10.0.0.0/8 , ::1 ", nil),
        ("sources.ports", "http", "--x: \"http\" is no port. Write ports from 1"),
        ("sources.ports", "0", "is no port"), ("sources.ports", "65536", "is no port"),
        ("sources.ports", "81, 82,", "\"81, 82,\" has \"\", which is no port"),
        ("sources.ports", "81, 82", nil), ("sources.ports", "8 1", "is no port"),
        ("sources.allowed", "example.com", "has no scheme. Write https://example.com/."),
        ("sources.allowed", "*.example.com/a", "scheme. Write https://*.example.com/a."),
        ("sources.allowed", "localhost:8080", "Write https://localhost:8080/."),
        ("sources.allowed", "/srv/a.b", "--x: \"/srv/a.b\" is no pattern of sources. Write "),
        ("sources.allowed", "any,local:///", "has \"any\", which is no pattern of sources"),
        ("sources.allowed", "ftp://a.b/", "is no pattern"),
        ("sources.allowed", " local:///a/ , https://a/", nil),
        ("signed.base_url", "https://images.example.com", "End it with a slash"),
        ("signed.base_url", "HTTP://images.example.com:80", "choose another host"),
        ("signed.base_url", "https://", "End it with a slash"),
        ("signed.base_url", "https:///", "End it with a slash"),
        ("signed.base_url", "images/", "has no scheme"),
        ("signed.base_url", "https://images.example.com/", nil),
        ("signed.base_url", "https://images.example.com/a", nil),
        ("signed.base_url", "local:///", nil), ("signed.base_url", "s3://", nil),
    ]

    @Test("what is wrong with a value is told with what to write instead", arguments: values)
    func told(_ key: String, _ text: String, _ says: String?) throws {
        let said = try problem(key, text)
        #expect(says.map { said?.contains($0) == true } ?? (said == nil), "\(said ?? "taken")")
    }

    @Test(
        "no secret stands in what is wrong with it",
        arguments: [
            (
                "signed.trusted", "abc,d/e",
                "--x: the value has an entry that holds what cannot stand"
            ),
            ("signed.trusted", "abc,", "the value has an entry that is empty. "),
            ("signed.trusted", "d/e", "--x: the value holds what cannot stand in a path. "),
            ("key", "abc", "the value has an odd number of hexadecimal digits. "),
            ("key", String(repeating: "ab", count: 1_025), "out of range"),
        ])
    func secrets(_ key: String, _ text: String, _ says: String) throws {
        let said = try #require(try problem(key, text))
        #expect(said.contains(says) && !said.contains("abc") && !said.contains("d/e"), "\(said)")
    }
}
