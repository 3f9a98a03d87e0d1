import ImageVocabulary
import RequestSyntax
import Testing

@Suite("Sets of options for several results")
struct OptionSetsTests {
    private func plans(_ query: String) throws -> [Plan] {
        try OptionSets.read(query: query).map(\.plan)
    }

    @Test("each set makes a plan of its own, in their order")
    func sets() throws {
        #expect(
            try plans("options=rs:fill:300:200/f:webp&options=w:64&options=") == [
                Plan(resizing: .fill, width: 300, height: 200, format: .webp), Plan(width: 64),
                Plan(),
            ])
    }

    @Test("what else stands in the query holds for all, wherever it stands, and sets win")
    func common() throws {
        #expect(
            try plans("q=50&options=w:1&options=w:2/q:80/f:png&f=jpeg") == [
                Plan(width: 1, quality: 50, format: .jpeg),
                Plan(width: 2, quality: 80, format: .png),
            ])
    }

    @Test("a set is percent-decoded once, before it is taken apart")
    func decoded() throws {
        #expect(try plans("options=w%3A5%2Ff%3Apng") == [Plan(width: 5, format: .png)])
        #expect(throws: OptionError.self) { try plans("options=w%253A5") }
    }

    @Test("eight sets are read; of nine the error names the limit")
    func most() throws {
        let sets = Array(repeating: "options=w:1", count: 8)
        #expect(try plans(sets.joined(separator: "&")).count == 8)
        let error = try #require(throws: OptionError.self) {
            try plans((sets + ["options=w:2"]).joined(separator: "&"))
        }
        #expect(error.option == "options")
        #expect(error.reason.contains("9 sets") && error.reason.contains("the limit is 8"))
    }

    @Test("no set is an error that says what to write", arguments: ["", "w=5", "option=w:5"])
    func none(_ query: String) throws {
        let error = try #require(throws: OptionError.self) { try plans(query) }
        #expect(query.hasPrefix("option=") || error.option == "options")
        #expect(error.reason.contains("Write ") || error.reason.contains("Did you mean"))
    }

    static let bad: [(String, String, String)] = [
        ("options=w:1&options=w:wide", "w", " It is in set 2."),
        ("options=w:1/nonsense:2&options=w:1", "nonsense", " It is in set 1."),
        ("options=w", "w", " It is in set 1."),
        ("options=raw:1", "raw", " It is in set 1."),
        ("options=w:1&q=200", "q", "from 0 to 100."),
        ("raw=1&options=w:1", "raw", "Leave the option out."),
        ("options=msr:1", "msr", " It is in set 1."),
    ]

    @Test("an error names the option, and the set that it is in", arguments: bad)
    func errors(query: String, option: String, end: String) throws {
        let error = try #require(throws: OptionError.self) { try plans(query) }
        #expect(error.option == option)
        #expect(error.reason.hasSuffix(end), "\(error.reason)")
        #expect(error.isForbidden == (option == "msr"))
    }

    @Test("64 options count for each set, those for all among them")
    func mostOptions() throws {
        let own = Array(repeating: "w:1", count: 60).joined(separator: "/")
        #expect(try plans("q=1&q=2&q=3&q=4&options=\(own)&options=\(own)").count == 2)
        #expect(throws: OptionError.self) { try plans("q=1&q=2&q=3&q=4&q=5&options=\(own)") }
    }

    @Test("presets and their default hold in each set")
    func presets() throws {
        var rules = OptionRules()
        rules.presets = [
            "default": [WrittenOption(name: "q", arguments: ["70"])],
            "thumb": [WrittenOption(name: "w", arguments: ["9"])],
        ]
        let read = try OptionSets.read(query: "options=pr:thumb&options=h:4", under: rules)
        #expect(read.map(\.plan) == [Plan(width: 9, quality: 70), Plan(height: 4, quality: 70)])
    }
}
