import ImageVocabulary
import Testing
import WireProtocol

@Suite("Fields of a payload")
struct PayloadCursorTests {
    @Test("fields are little-endian, one after another")
    func fields() throws {
        let bytes: [UInt8] =
            [1] + [2, 3] + [4, 5, 6, 7] + [0xFE, 0xFF, 0xFF, 0xFF] + [8, 9, 10, 11, 12, 13, 14, 15]
            + [0] + [1] + [0, 0, 0, 0, 0, 0, 0xF8, 0x3F] + [2] + [9, 8]
        var cursor = PayloadCursor()
        #expect(try cursor.u8(in: bytes.span) == 1)
        #expect(try cursor.u16(in: bytes.span) == 0x0302)
        #expect(try cursor.u32(in: bytes.span) == 0x0706_0504)
        #expect(try cursor.i32(in: bytes.span) == -2)
        #expect(try cursor.u64(in: bytes.span) == 0x0F0E_0D0C_0B0A_0908)
        #expect(try !cursor.bool(in: bytes.span))
        #expect(try cursor.bool(in: bytes.span))
        #expect(try cursor.finite(in: bytes.span) == 1.5)
        #expect(try cursor.value(ImageFormat.self, in: bytes.span) == .png)
        #expect(throws: WireError.trailingBytes) { try cursor.finish(in: bytes.span) }
        #expect(try cursor.bytes(2, in: bytes.span) == [9, 8])
        try cursor.finish(in: bytes.span)
    }

    @Test("a field that does not fit is refused and nothing is consumed")
    func truncated() {
        let bytes: [UInt8] = [1]
        var cursor = PayloadCursor()
        #expect(throws: WireError.truncated) { try cursor.u16(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.u32(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.i32(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.u64(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.finite(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.bytes(2, in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.bytes(-1, in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.bytes(.max, in: bytes.span) }
        #expect(cursor.offset == 0)
        #expect((try? cursor.u8(in: bytes.span)) == 1)
        #expect(throws: WireError.truncated) { try cursor.u8(in: bytes.span) }
        #expect(throws: WireError.truncated) { try cursor.bool(in: bytes.span) }
    }

    @Test("a boolean is 0 or 1", arguments: [2, 0x7F, 0xFF])
    func boolean(byte: UInt8) {
        var cursor = PayloadCursor()
        #expect(throws: WireError.badValue("boolean")) { try cursor.bool(in: [byte].span) }
    }

    @Test(
        "infinity and NaN are no numbers",
        arguments: [
            Double.infinity, -.infinity, .nan, .signalingNaN,
        ])
    func finite(value: Double) {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        var cursor = PayloadCursor()
        #expect(throws: WireError.badValue("number")) { try cursor.finite(in: bytes.span) }
    }

    @Test("a value beyond its closed list is refused", arguments: [0, 14, 255])
    func closedList(byte: UInt8) {
        var cursor = PayloadCursor()
        #expect(throws: WireError.badValue("ImageFormat")) {
            try cursor.value(ImageFormat.self, in: [byte].span)
        }
    }

    @Test("text is all that is left, up to its maximum")
    func text() throws {
        var cursor = PayloadCursor()
        let longest = Array(repeating: UInt8(ascii: "t"), count: Frame.largestText)
        #expect(try cursor.text(in: longest.span) == longest)
        #expect(try cursor.text(in: longest.span) == [])
        var other = PayloadCursor()
        #expect(throws: WireError.badValue("text")) { try other.text(in: (longest + [0]).span) }
    }
}
