import FoundationEssentials
import HTTPTypes
import Testing

@testable import Supervisor

@Suite("The page about errors")
struct ProblemGuideTests {
    @Test("it is what the table of problems says")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/errors.md")
        if ProcessInfo.processInfo.environment["GLOVEBOX_WRITE_DOCS"] == "1" {
            try Data(Problem.documentation.utf8).write(to: page)
        }
        let written = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        #expect(
            written == Problem.documentation,
            "Write the page anew: GLOVEBOX_WRITE_DOCS=1 swift test --filter ProblemGuideTests")
    }

    @Test("each problem is on it once, by status")
    func kinds() {
        let names = Set(ProblemTests.samples.map(\.0.name) + ["invalid-option"])
        #expect(Set(Problem.kinds.map(\.name)) == names)
        let codes = Problem.kinds.map(\.status.code)
        #expect(codes == codes.sorted())
    }
}
