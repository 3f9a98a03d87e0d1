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

    static let good: [(String, Plan)] = [
        ("rs:fill:300:200", Plan(resizing: .fill, width: 300, height: 200)),
        ("resize:force:1:2:1", Plan(resizing: .force, width: 1, height: 2, enlarge: true)),
        ("rs::300", Plan(width: 300)),
        ("rs:fill::200", Plan(resizing: .fill, height: 200)),
        ("rs:::", Plan()),
        ("s:300:200:t", Plan(width: 300, height: 200, enlarge: true)),
        ("size::65535", Plan(height: 65_535)),
        ("rt:fit", Plan(resizing: .fit)),
        ("resizing_type:force", Plan(resizing: .force)),
        ("w:0", Plan()),
        ("width:640", Plan(width: 640)),
        ("h:480", Plan(height: 480)),
        ("height:1", Plan(height: 1)),
        ("el:True", Plan(enlarge: true)),
        ("enlarge:F", Plan()),
        ("g:no", Plan(gravity: Gravity(anchor: .north))),
        ("g:soea:10:-0.25", Plan(gravity: Gravity(anchor: .southEast, x: 10, y: -0.25))),
        ("gravity:we:.5", Plan(gravity: Gravity(anchor: .west, x: 0.5))),
        ("g:sm", Plan(gravity: Gravity(anchor: .smart))),
        ("g:fp:0:1", Plan(gravity: Gravity(anchor: .focusPoint, x: 0, y: 1))),
        ("q:0", Plan()),
        ("quality:100", Plan(quality: 100)),
        ("f:webp", Plan(format: .webp)),
        ("ext:jpg", Plan(format: .jpeg)),
        ("format:tiff", Plan(format: .tiff)),
        ("ar:0", Plan(autoRotate: false)),
        ("auto_rotate:false", Plan(autoRotate: false)),
        ("sm:f", Plan(stripMetadata: false)),
        ("strip_metadata:1", Plan()),
    ]

    @Test("an option means the same on the command line and in a query", arguments: good)
    func means(option: String, plan: Plan) throws {
        #expect(try PlanParser.plan(options: [option]) == plan)
        let colon = try #require(option.firstIndex(of: ":"))
        let pair = option[..<colon] + "=" + option[option.index(after: colon)...]
        #expect(try PlanParser.plan(query: pair) == plan)
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

    static let bad = [
        "w:", "w:-1", "w:+1", "w: 1", "w:1 ", "w:1.5", "w:1e2", "w:0x10", "w:65536",
        "w:99999999999999999999", "w:NaN", "w:Inf", "w:1:2", "w:١", "h:", "h:65536",
        "q:101", "q:-0", "q:", "q:80:1", "el:", "el:yes", "el:2", "el:tRUE", "el:1:1",
        "ar:on", "sm:", "rt:", "rt:fill-down", "rt:auto", "rt:FIT", "f:", "f:svg", "f:jxl",
        "f:JPEG", "f:png:1", "rs:crop:1:1", "rs:fit:1:1:1:0", "rs:fit:1:1:maybe",
        "rs:fit:-1:1", "rs:300:200", "s:1:1:1:0", "s:a", "g:", "g:sm:0", "g:fp", "g:fp:0.5",
        "g:fp:0.5:1.1", "g:fp:-0.1:0", "g:no::5", "g:no:1:2:3", "g:ce:NaN:0", "g:ce:Inf",
        "g:ce:-inf", "g:ce:1e2", "g:ce:+1", "g:ce:0x1p3", "g:ce:5.", "g:ce:.", "g:ce:-",
        "g:ce:1.2.3", "g:ce:65536", "g:ce:0000000000000000000000001", "g:top",
    ]

    @Test("a value that cannot be read is an error naming the option", arguments: bad)
    func unreadable(option: String) throws {
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(options: [option])
        }
        #expect(error.option == option.prefix { $0 != ":" })
        #expect(error.reason.contains("Write "))
    }

    static let sentences = [
        ("q:80%", "The value \"80%\" cannot be read. Write a whole number from 0 to 100."),
        ("el:", "The value is missing. Write 1, t or true, or 0, f or false."),
        (
            "rt:fit:fill",
            "There are 2 arguments, at most one argument can be read. Write fit, fill or force."
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
            "blur", "x", "", "watermark_url", String(repeating: "w", count: 5000),
        ])
    func likeNothing(name: String) throws {
        let error = try #require(throws: OptionError.self) {
            try PlanParser.plan(query: "\(name)=1")
        }
        #expect(error.option == name.prefix(64))
        #expect(
            error.reason.hasSuffix(
                "Write one of resize, size, resizing_type, width, height, enlarge, gravity, quality, "
                    + "format, auto_rotate, strip_metadata."))
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

@Suite("The option table")
struct OptionTableTests {
    @Test("no name stands there twice")
    func unique() {
        let names = ProcessingOption.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
    }

    @Test("it has imgproxy's names and aliases")
    func names() {
        #expect(
            ProcessingOption.all.map { $0.names.joined(separator: " ") } == [
                "resize rs", "size s", "resizing_type rt", "width w", "height h", "enlarge el",
                "gravity g", "quality q", "format f ext", "auto_rotate ar", "strip_metadata sm",
            ])
    }

    @Test("a written default reads back as the default plan")
    func defaults() throws {
        for option in ProcessingOption.all where option.name != "format" {
            let text = "\(option.name):\(option.defaultValue)"
            #expect(try PlanParser.plan(options: [text]) == Plan())
        }
    }

    @Test("names are compared literally", arguments: ["W", "width ", "", "ｗ"])
    func literal(name: String) {
        #expect(ProcessingOption.named(name) == nil)
    }
}
