import ImageVocabulary
import Testing

@Suite("What a source says of itself")
struct ImageDetailsTests {
    @Test(
        "what is not shown, and what is no UTF-8, is replaced",
        arguments: [
            ("plain", "plain"), ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\nb", "a\u{FFFD}b"),
            ("a\u{202E}b", "a\u{FFFD}b"), ("a\u{2028}b", "a\u{FFFD}b"), ("é漢😀", "é漢😀"),
            ("  edge \u{00A0} ", "edge"), ("end\0rest", "end"), ("\u{85}x", "x"),
        ])
    func cleaned(_ text: String, _ expected: String) {
        #expect(DetailText(cleaning: text.utf8)?.text == expected)
        #expect(DetailText(exactly: Array(expected.utf8))?.text == expected)
    }

    @Test("bytes that are no text become something that can be read")
    func noText() {
        #expect(DetailText(cleaning: [0x41, 0xFF, 0xC3, 0x42])?.text == "A\u{FFFD}\u{FFFD}B")
        #expect(DetailText(cleaning: [0xE9])?.text == "\u{FFFD}")
        for nothing in [[], [0], [0x20, 0x20], [0, 65]] as [[UInt8]] {
            #expect(DetailText(cleaning: nothing) == nil)
        }
    }

    @Test("a text is cut at 255 bytes, between characters")
    func cut() {
        #expect(
            DetailText(cleaning: [UInt8](repeating: 65, count: 1 << 20))?.text.utf8.count == 255)
        let wide = DetailText(cleaning: String(repeating: "漢", count: 300).utf8)
        #expect(wide?.text == String(repeating: "漢", count: 85))
        let worst = DetailText(cleaning: [UInt8](repeating: 0xFF, count: 5_000))
        #expect(worst?.text.utf8.count == 255)
    }

    @Test("what arrives is taken only as it has to be")
    func exact() {
        for wrong in [[], [0xFF], [10], [0x41, 0], [0xE2, 0x80, 0xAE]] as [[UInt8]] {
            #expect(DetailText(exactly: wrong) == nil)
        }
        #expect(DetailText(exactly: [UInt8](repeating: 65, count: 255)) != nil)
        #expect(DetailText(exactly: [UInt8](repeating: 65, count: 256)) == nil)
    }

    @Test("places and resolutions that cannot be are none")
    func impossible() {
        #expect(Location(latitude: 90, longitude: -180, altitude: nil) != nil)
        for (latitude, longitude) in [(90.1, 0), (0, 180.1), (.nan, 0), (0, .infinity)] {
            #expect(Location(latitude: latitude, longitude: longitude, altitude: nil) == nil)
        }
        #expect(Location(latitude: 0, longitude: 0, altitude: .nan) == nil)
        #expect(Resolution(x: 300, y: 0.5) != nil)
        for wrong in [0, -1, .nan, .infinity, 1_000_001] {
            #expect(Resolution(x: wrong, y: 1) == nil)
            #expect(Resolution(x: 1, y: wrong) == nil)
        }
    }
}
