import ImageVocabulary
import RequestSyntax
import Testing

/// The meaning of each option is imgproxy's published contract, without its lenient values.
@Suite("Options become a plan")
struct PlanParserTests {
    @Test("no option gives the defaults")
    func defaults() throws {
        #expect(try PlanParser.plan(options: []) == Plan())
        #expect(try PlanParser.plan(query: "") == Plan())
        #expect(try PlanParser.plan(query: "&&") == Plan())
    }

    @Test("later options win, and an empty argument of a meta option changes nothing")
    func laterWins() throws {
        let plan = try PlanParser.plan(options: [
            "rs:fill:300:200:1", "s:50", "rt:fit", "q:1", "q:2",
        ])
        #expect(
            plan == Plan(resizing: .fit, width: 50, height: 200, enlarge: true, quality: 2))
        #expect(try PlanParser.plan(query: "w=5&rs=::7&w=6") == Plan(width: 6, height: 7))
    }

    @Test("options change the plan they start from")
    func startingPlan() throws {
        let start = Plan(width: 9, quality: 70)
        #expect(
            try PlanParser.plan(query: "h=3", startingAt: start)
                == Plan(width: 9, height: 3, quality: 70))
    }

    static let sentences = [
        ("q:80%", "The value \"80%\" cannot be read. Write a whole number from 0 to 100."),
        ("el:", "The value is missing. Write 1, t or true, or 0, f or false."),
        (
            "rt:fit:fill",
            "There are 2 arguments, at most one argument can be read. "
                + "Write fit, fill, fill-down, force or auto."
        ),
    ]

    @Test("an error says what the option takes and repeats the value", arguments: sentences)
    func says(option: String, reason: String) throws {
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(options: [option])
        }
        #expect(error.reason == reason)
    }

    @Test(
        "an unknown name is an error with the nearest known one",
        arguments: [
            ("widht", "width"), ("qualty", "quality"), ("ressize", "resize"), ("gravty", "gravity"),
            ("formta", "format"), ("auto_rotat", "auto_rotate"), ("Width", "width"),
            ("strip-metadata", "strip_metadata"), ("WIDHT", "width"),
        ])
    func nearest(written: String, meant: String) throws {
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(query: "\(written)=1")
        }
        #expect(error.option == written)
        #expect(error.reason == "There is no such option. Did you mean \(meant)?")
    }

    @Test(
        "an unknown name like no other is answered with the list",
        arguments: [
            "monochrome", "x", "", "video_thumbnail_second",
            String(repeating: "w", count: 5000),
        ])
    func likeNothing(name: String) throws {
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(query: "\(name)=1")
        }
        #expect(error.option == name.prefix(64))
        let names = ProcessingOption.all.map(\.name).joined(separator: ", ")
        #expect(error.reason == "There is no such option. Write one of \(names).")
    }

    @Test("names and values are percent-decoded once")
    func decodes() throws {
        #expect(
            try PlanParser.plan(query: "r%73=fill%3A300%3a200")
                == Plan(resizing: .fill, width: 300, height: 200))
    }

    static let hostile = [
        "w=%", "w=%3", "w=%zz", "w=%+1", "w=%2531", "w=%253", "w=1%00", "w=%0a1", "w=1%7F",
        "w=\u{1}", "w=%C3%A9", "w=é", "%77%=1", "w=1+", "w=+1", "w=1,2", "w=1;h=2", "w=1=2",
    ]

    @Test("a broken or double escape, a control byte and non-ASCII are errors")
    func hostileQueries() {
        for query in Self.hostile {
            #expect(throws: OptionError.self, "\(query.debugDescription)") {
                try PlanParser.plan(query: query)
            }
        }
    }

    @Test("what an error repeats is printable ASCII of at most 64 characters")
    func sanitised() throws {
        let name = "<\u{1B}[31m\"\\é" + String(repeating: "a", count: 100)
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(options: ["\(name):1"])
        }
        #expect(error.option == "<?[31m????" + String(repeating: "a", count: 54))
        let value = try #require(throws: OptionError.self) {
            try PlanParser.plan(options: ["w:\r\nX\u{7}"])
        }
        #expect(value.reason.hasPrefix("The value \"??X?\" cannot"))
    }

    @Test("a name without a value is an error")
    func withoutValue() {
        #expect(throws: OptionError.self) { try PlanParser.plan(options: ["rs"]) }
        #expect(throws: OptionError.self) { try PlanParser.plan(options: [""]) }
        #expect(throws: OptionError.self) { try PlanParser.plan(query: "rs") }
    }

    @Test("a query of 8192 bytes and 64 options is read, one more is not")
    func limits() throws {
        let many = Array(repeating: "q=1", count: 64)
        #expect(try PlanParser.plan(query: many.joined(separator: "&")).quality == 1)
        #expect(throws: OptionError.self) {
            try PlanParser.plan(query: (many + ["q=1"]).joined(separator: "&"))
        }
        #expect(throws: OptionError.self) {
            try PlanParser.plan(options: Array(repeating: "q:1", count: 65))
        }
        let long = "q=1" + String(repeating: "&", count: 8_189)
        #expect(try PlanParser.plan(query: long).quality == 1)
        #expect(throws: OptionError.self) { try PlanParser.plan(query: long + "&") }
    }
}
