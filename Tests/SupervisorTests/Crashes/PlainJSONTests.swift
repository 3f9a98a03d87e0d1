import Foundation
import Testing

@testable import Supervisor

@Suite("Whether a line of the crash log is plain JSON")
struct PlainJSONTests {
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        JSONScanner.isPlain([0x7b] + bytes + [0x7d], 1..<bytes.count + 1)
    }

    /// By the second implementation, which takes lone values too.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    @Test("texts that are")
    func plain() throws {
        let record = CrashEntry.record(
            try SampleCrash.record(1, SampleCrash.all()[0].report)
        ).line
        for text in [
            "{}", "[]", " [ 1 , -0.5e+3 , true , null ] ", "{\"a\":{\"b\":[\"\\u00e9\\n\\/\"]}}",
            "0",
            "-0", "1E5", "\"\"", record,
        ] {
            #expect(Self.isPlain(Array(text.utf8)) && Self.isJSON(Array(text.utf8)), "\(text)")
        }
    }

    @Test("texts that are not")
    func foreign() {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        for text in [
            "", "{", "}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "[,1]", "{\"a\":1,}", "01", "1.",
            ".5", "+1", "1e", "tru", "nul", "\"", "\"\\x\"", "\"\\u12g4\"", "{} {}", "[1 2]",
            "\"é\"",
            "\"\u{7f}\"", "\"\u{1b}\"", "[\t]", deep, "-", "'a'",
        ] {
            #expect(!Self.isPlain(Array(text.utf8)), "\(text)")
        }
    }

    @Test("whatever is made of a record by chance, nothing is that another reader refuses")
    func mutated() throws {
        let line =
            Array(
                CrashEntry.record(try SampleCrash.record(1, SampleCrash.all()[0].report)).line.utf8
                    .prefix(400)) + Array("\"}".utf8)
        var generator = SystemRandomNumberGenerator()
        let bytes = Array("{}[]\",:\\ue01.-+ntf \u{1}".utf8)
        for _ in 0..<2_000 {
            var text = line
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                if Bool.random(using: &generator) {
                    text.remove(at: place)
                } else {
                    text[place] = bytes.randomElement(using: &generator) ?? 0
                }
            }
            guard Self.isPlain(text) else { continue }
            #expect(Self.isJSON(text), "\(String(decoding: text, as: UTF8.self))")
        }
    }
}
