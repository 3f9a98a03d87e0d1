import Randomness
import Testing

@testable import RequestSyntax

@Suite("Keys of clients as text")
struct APIKeyTextTests {
    @Test("the checksum is CRC-32, in base 62")
    func checksum() {
        // The check value of CRC-32/ISO-HDLC is 0xCBF43926; 3421780262 in base 62 is 3JZ5Qs.
        var value: UInt64 = 0
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        for digit in APIKeyText.checksum(of: Array("123456789".utf8)) {
            value = value * 62 + UInt64(digits.firstIndex(of: digit) ?? 99)
        }
        #expect(value == 0xCBF4_3926)
    }

    @Test("a key that was made is read, and no text of it differs in one place")
    func changes() throws {
        var generator = SystemRandomNumberGenerator()
        for kind in APIKeyText.Kind.allCases {
            let key = APIKeyText(kind, using: &generator)
            #expect(try APIKeyText(key.text) == key)
            #expect(key.text.utf8.count == "gbx_\(kind.rawValue)_".utf8.count + 36)
            #expect("\(key)" == "(set)")
            for index in key.text.indices.dropFirst("gbx_\(kind.rawValue)_".count) {
                var text = key.text
                text.replaceSubrange(index...index, with: text[index] == "a" ? "b" : "a")
                #expect(throws: APIKeyText.Failure.typo) { try APIKeyText(text) }
            }
        }
    }

    @Test(
        "what is no key is told from what was meant as one",
        arguments: [
            ("", APIKeyText.Failure.other), ("gbx_", .other), ("gbx_test_abc", .other),
            ("GBX_LIVE_", .other), ("gbx_live_", .typo), ("gbx_admin_short", .typo),
            ("gbx_live_\(String(repeating: "0", count: 35))é", .typo),
            ("Bearer gbx_live_", .other),
        ])
    func others(text: String, failure: APIKeyText.Failure) {
        #expect(throws: failure) { try APIKeyText(text) }
    }
}
