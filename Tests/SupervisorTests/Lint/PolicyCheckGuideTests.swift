import FoundationEssentials
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The page about checks")
struct PolicyCheckGuideTests {
    @Test("it is what the checks say of themselves")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/policy-checks.md")
        if ProcessInfo.processInfo.environment["GLOVEBOX_WRITE_DOCS"] == "1" {
            try Data(PolicyCheck.documentation.utf8).write(to: page)
        }
        let written = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        #expect(
            written == PolicyCheck.documentation,
            "Write the page anew: GLOVEBOX_WRITE_DOCS=1 swift test --filter PolicyCheckGuideTests")
    }

    @Test("each check says something of its own")
    func entries() {
        let guides = PolicyCheck.allCases.map(\.guide)
        #expect(Set(guides.map(\.title)).count == guides.count)
        #expect(Set(guides.map(\.finds)).count == guides.count)
        #expect(guides.allSatisfy { $0.before != $0.after })
    }
}
