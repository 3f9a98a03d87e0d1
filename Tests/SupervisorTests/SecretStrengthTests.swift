import Randomness
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Secrets that are none")
struct SecretStrengthTests {
    private let folder: ConfigurationFolder
    private static let strong = [
        "key": "5f1c8e0b9d27a463e8b1f04c7a92d635", "salt": "c40e7b19f2a85d36918c0be47d5fa263",
        "admin_key": "o0Vb-4mZq7-tXw2-Lc9r",
    ]

    init() throws { folder = try ConfigurationFolder() }

    private static func hex(_ text: String) -> String { Hexadecimal.text(Array(text.utf8)) }

    private func loader(_ changed: [String: String], dev: Bool = false) -> ConfigurationLoader {
        let values = Self.strong.merging(changed) { $1 }
        let names = values.map { key, value in
            (SettingTable.setting(key)?.variable ?? key, value)
        }
        return folder.loader(variables: Dictionary(uniqueKeysWithValues: names), dev: dev)
    }

    /// The words and examples are those that imgproxy's documentation and people write.
    static let weak: [(String, String, String)] = [
        ("key", "aa", "one of them has 1 byte and can be guessed"),
        ("salt", "5f1c8e0b9d27a463e8b1f04c7a92d6", "one of them has 15 bytes and can be guessed"),
        ("key", String(repeating: "7f", count: 32), "one of them repeats itself or counts"),
        ("key", "00112233445566778899aabbccddeeff", "one of them repeats itself or counts"),
        ("salt", "000102030405060708090a0b0c0d0e0f", "one of them repeats itself or counts"),
        ("key", String(repeating: "deadbeef", count: 8), "one of them repeats itself or counts"),
        ("audit_log.key", String(repeating: "0", count: 64), "it repeats itself or counts"),
        ("quarantine_key", String(repeating: "01", count: 32), "it repeats itself or counts"),
        ("key", String(repeating: "abcd", count: 16), "one of them repeats itself or counts"),
        (
            "key", "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881",
            "one of them was published as an example"
        ),
        (
            "salt", "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5",
            "one of them was published as an example"
        ),
        ("key", hex("my-secret-key-for-imgproxy"), "one of them is made of words"),
        ("salt", hex("hello-hello-hello-world"), "one of them is made of words"),
        ("admin_key", "changeme-changeme", "it is made of words"),
        ("admin_key", "Admin-Secret-Password-1", "it is made of words"),
        ("admin_key", "please-change-this-password", "it is made of words"),
        ("admin_key", "aaaaaaaaaaaaaaaaaaaa", "it repeats itself or counts"),
        ("admin_key", "0123456789abcdef", "it repeats itself or counts"),
        ("admin_key", "abcabcabcabcabcabcabc", "it repeats itself or counts"),
        ("signed.bearer", "(set)", "5 characters can be guessed"),
        ("signed.bearer", "secret-secret-secret", "it is made of words"),
    ]

    @Test("a start refuses them, and says how to make others", arguments: weak)
    func refused(_ key: String, _ value: String, _ says: String) throws {
        let variable = try #require(SettingTable.setting(key)?.variable)
        let problems = loader([key: value]).problems(.serving)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("\(variable): \(says)") == true, "\(problems)")
        let advice = ["glovebox sign --new-pair", "head -c 32 /dev/urandom | base64"]
        #expect(advice.contains { problems.first?.contains($0) == true })
        #expect(problems.first?.contains(value) == false)
        #expect(loader([key: value]).problems(.checking) == problems)
        // Commands sign what another service may take, and examples are tried out.
        #expect(loader([key: value]).problems(.command) == [])
        let tried = try loader([key: value], dev: true).load(for: .serving).warnings
        #expect(tried.count { $0.hasPrefix("\(variable): \(says)") } == 1, "\(tried)")
    }

    @Test("one of several is enough")
    func several() {
        let values = [
            "key": "\(Self.strong["key"] ?? ""),aa", "salt": "\(Self.strong["salt"] ?? ""),bb",
        ]
        #expect(loader(values).problems(.serving).count == 2)
    }

    @Test("what is random is never refused", arguments: 0..<200)
    func random(_ seed: UInt64) {
        var random = RepeatableRandom(seed: seed)
        let length = Int.random(in: 16...64, using: &random)
        let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(SecretStrength.weakness(of: bytes) == nil)
        #expect(SecretStrength.weakness(of: Base64URL.text(of: bytes)) == nil)
        #expect(SecretStrength.weakness(of: Hexadecimal.text(bytes)) == nil)
    }

    @Test("what is strong is taken without a word")
    func strong() throws {
        #expect(loader([:]).problems(.serving) == [])
        #expect(try loader([:]).load(for: .serving).warnings == [])
    }

    @Test(
        "an API key is named as the mistake that it is, whole, mistyped and under --dev",
        arguments: [APIKeyText.Kind.live, .admin], ["key", "salt", "admin_key", "signed.bearer"])
    func misplaced(_ kind: APIKeyText.Kind, _ setting: String) throws {
        var random = RepeatableRandom(seed: 1)
        let whole = APIKeyText(kind, using: &random).text
        for text in [whole, "\(whole.dropLast(3))xyz"] {
            for dev in [false, true] {
                let problems = loader([setting: text], dev: dev).problems(.serving)
                #expect(
                    problems.first?.contains(" API key") == true && !problems[0].contains(text),
                    "\(problems)")
            }
        }
    }
}
