import ImageVocabulary
import RequestSyntax
import Testing

@Suite("Options of questions about facts")
struct InfoOptionTests {
    @Test("they are read from a query and from the command line")
    func read() throws {
        #expect(try InfoOption.wishes(query: "") == [])
        #expect(try InfoOption.wishes(query: "location=1") == .location)
        #expect(try InfoOption.wishes(query: "dominant=true&location=t") == .all)
        #expect(try InfoOption.wishes(query: "location=1&location=0") == [])
        #expect(try InfoOption.wishes(["dominant:1", "location:0"]) == .dominantColor)
    }

    @Test(
        "whatever else is written is an error that names the option",
        arguments: [
            ("w=100", "w"), ("loc=1", "loc"), ("location=2", "location"), ("location=", "location"),
            ("dominant=1:1", "dominant"), ("q=80", "q"), ("Location=1", "Location"),
            ("location", "location"),
        ])
    func refused(_ query: String, _ option: String) {
        let error = #expect(throws: OptionError.self) { try InfoOption.wishes(query: query) }
        #expect(error?.option == option)
    }

    @Test("rules on options hold for questions too: only presets is none, a list is those on it")
    func rules() throws {
        var rules = OptionRules()
        rules.onlyPresets = true
        #expect(try InfoOption.wishes(query: "", under: rules) == [])
        #expect(throws: OptionError.self) {
            try InfoOption.wishes(query: "location=1", under: rules)
        }
        rules = OptionRules()
        rules.allowed = ["w", "dominant"]
        #expect(try InfoOption.wishes(query: "dominant=1", under: rules) == .dominantColor)
        #expect(throws: OptionError.self) {
            try InfoOption.wishes(query: "location=0", under: rules)
        }
    }

    @Test("what is written of wishes reads back the same")
    func written() throws {
        for wishes in [[], .location, .dominantColor, .all] as [InfoWishes] {
            #expect(try InfoOption.wishes(query: wishes.query) == wishes)
        }
    }
}
