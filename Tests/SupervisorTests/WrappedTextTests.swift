import Testing

@testable import Supervisor

@Suite("Text in lines")
struct WrappedTextTests {
    @Test("no line is wider than asked for, but for a word that is wider by itself")
    func wraps() {
        let lines = WrappedText.lines(
            "one two three fourteen-letters five", columns: 10, first: "- ", rest: "  ")
        #expect(lines == ["- one two", "  three", "  fourteen-letters", "  five"])
    }

    @Test("a text that fits stays one line, and an empty one is its beginning")
    func fits() {
        #expect(WrappedText.lines("one two", columns: 7) == ["one two"])
        #expect(WrappedText.lines("", columns: 7, first: "> ") == ["> "])
    }
}
