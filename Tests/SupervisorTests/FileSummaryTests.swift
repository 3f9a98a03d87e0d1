import FoundationEssentials
import ImageVocabulary
import Testing

@testable import Supervisor

@Suite("What became of many files")
struct FileSummaryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func outcome(
        _ name: String, _ bytes: Int, _ ending: FileOutcome.Ending
    ) throws -> FileOutcome {
        let path = try folder.file(name, "x")
        return FileOutcome(file: try SourceFile.all([path])[0], bytes: bytes, ending: ending)
    }

    private func done(_ name: String, _ format: ImageFormat, _ read: Int, _ written: Int) throws
        -> FileOutcome
    {
        try outcome(
            name, read,
            .done(path: "out/\(name)", format: format, width: 8, height: 6, bytes: written))
    }

    @Test("there is a line for each format, one for each failure, and a sentence that adds up")
    func text() throws {
        var summary = FileSummary(of: 9)
        #expect(summary.isEmpty)
        summary.add(try outcome("n.txt", 0, .skipped))
        #expect(summary.isEmpty && !summary.hasFailures)
        summary.add(try done("a", .webp, 100, 10))
        summary.add(try done("b", .jpeg, 7, 70))
        summary.add(try done("c", .webp, 1, 2))
        #expect(!summary.isEmpty && !summary.hasFailures)
        summary.add(try outcome("z\u{1b}[31m.png", 5, .failed("Why.")))
        summary.add(try outcome("d.png", 5, .failed("Because.")))
        #expect(summary.hasFailures)
        let lines = summary.text(nil).replacing("\(folder.path)/", with: "")
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines == [
                "FAILED REASON", "d.png Because.", #"z\x1b[31m.png Why."#,
                "RESULTS FILES BYTES READ BYTES WRITTEN", "jpeg 1 7 70", "webp 2 101 12",
                "9 files: 3 processed, 2 failed, 1 no image, 3 not begun.",
            ])
    }

    @Test("a file's JSON has the members that the help names, in one line")
    func json() throws {
        let path = folder.path + "/a"
        let ends: [(FileOutcome, String)] = [
            (
                try done("a", .webp, 100, 10),
                """
                {"input":"\(path)","status":"done","output":"out/a","format":"webp","width":8,\
                "height":6,"input_bytes":100,"output_bytes":10}
                """
            ),
            (
                try outcome("a", 5, .failed("Why.\n")),
                #"{"input":"\#(path)","status":"failed","reason":"Why.\n"}"#
            ),
            (try outcome("a", 0, .skipped), #"{"input":"\#(path)","status":"skipped"}"#),
        ]
        for (outcome, text) in ends { #expect(outcome.json.text == text) }
    }
}
