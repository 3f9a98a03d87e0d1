import Foundation
import RequestSyntax
import Testing
import WireProtocol

@testable import Supervisor

@Suite("The page about options")
struct OptionGuideTests {
    @Test("docs/options.md is what the table gives")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/options.md")
        let isSame = try String(contentsOf: page, encoding: .utf8) == OptionGuide.markdown
        #expect(isSame, "run: glovebox options docs > docs/options.md")
    }

    @Test("every row of a table on it has six cells")
    func cells() {
        let rows = OptionGuide.markdown.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let options = rows.filter { row in
            ProcessingOption.all.contains { row.hasPrefix("| `\($0.name)`") }
        }
        #expect(options.count == ProcessingOption.all.count)
        for row in options {
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 7, "\(row)")
        }
    }

    @Test("the JSON has every option with the members that it is documented with")
    func json() throws {
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(OptionGuide.json.text.utf8))
                as? [String: Any])
        let options = try #require(object["options"] as? [[String: Any]])
        #expect(options.map { $0["name"] as? String } == ProcessingOption.all.map(\.name))
        let members: Set = [
            "name", "aliases", "topic", "arguments", "most_arguments", "default", "example",
            "summary", "takes", "needs_permission",
        ]
        for option in options { #expect(Set(option.keys) == members) }
        for member in members {
            #expect(OptionGuide.markdown.contains("`\(member)`"))
        }
        let limit = options.first { $0["name"] as? String == "max_src_resolution" }
        #expect(limit?["default"] is NSNull && limit?["needs_permission"] as? Bool == true)
        let width = options.first { $0["name"] as? String == "width" }
        #expect(width?["aliases"] as? [String] == ["w"] && width?["default"] as? String == "0")
        let most = try #require(object["most"] as? [String: Int])
        #expect(most == ["options": 64, "query_bytes": 8_192, "batch_sets": 8])
    }

    @Test("a request has no more sets of options than a job has plans")
    func sets() {
        #expect(OptionSets.most == JobMessage.largestCount)
    }
}
