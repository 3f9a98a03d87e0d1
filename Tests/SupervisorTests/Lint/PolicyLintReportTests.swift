import FoundationEssentials
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("What policy lint prints")
struct PolicyLintReportTests {
    private static let report = PolicyLintReport(
        diagnostics: [
            PolicyDiagnostic(
                .error, .dangerousGrant, file: "policies/a b.yaml",
                at: SourcePosition(line: 7, column: 9), what: "'bpf' is allowed",
                hint: "remove it"),
            PolicyDiagnostic(
                .warning, .missingReason, file: "/srv/policies/c.yaml",
                at: SourcePosition(line: 2, column: 3), what: "no \"reason\"", hint: "add one"),
            PolicyDiagnostic(
                .note, .unknownSyscall, file: "/elsewhere/d.yaml", at: .start, what: "what",
                hint: "hint"),
        ], fileCount: 3)

    @Test("a line has place, severity, what, what to do, and the check's name")
    func text() {
        #expect(
            Self.report.text(coloured: false)
                == """
                policies/a b.yaml:7:9: error: 'bpf' is allowed; remove it [dangerous-grant]
                /srv/policies/c.yaml:2:3: warning: no "reason"; add one [missing-reason]
                /elsewhere/d.yaml:1:1: note: what; hint [unknown-syscall]

                """)
        #expect(Self.report.text(coloured: true).contains("\u{1B}[31merror\u{1B}[0m: 'bpf'"))
        #expect(Self.report.summary == "3 files: 1 error, 1 warning, 1 note")
        #expect(
            PolicyLintReport(diagnostics: [], fileCount: 1).summary
                == "1 file: no errors, no warnings")
    }

    @Test("errors fail, and warnings where that is asked for, notes never")
    func failing() {
        func fails(_ severity: PolicyDiagnostic.Severity, strict: Bool) -> Bool {
            let diagnostic = PolicyDiagnostic(
                severity, .structure, file: "a", at: .start, what: "", hint: "")
            return PolicyLintReport(diagnostics: [diagnostic], fileCount: 1).fails(strict: strict)
        }
        #expect(fails(.error, strict: false) && fails(.error, strict: true))
        #expect(!fails(.warning, strict: false) && fails(.warning, strict: true))
        #expect(!fails(.note, strict: false) && !fails(.note, strict: true))
    }

    @Test("JSON has the counts and each finding")
    func json() throws {
        let read = try JSONDecoder().decode(Listing.self, from: Data(Self.report.json.text.utf8))
        #expect([read.files, read.errors, read.warnings, read.notes] == [3, 1, 1, 1])
        #expect(
            read.diagnostics.first
                == Listing.Entry(
                    file: "policies/a b.yaml", line: 7, column: 9, severity: "error",
                    check: "dangerous-grant", what: "'bpf' is allowed", hint: "remove it"))
    }

    private struct Listing: Decodable {
        struct Entry: Decodable, Equatable {
            let file: String
            let line, column: Int
            let severity, check, what, hint: String
        }
        let files, errors, warnings, notes: Int
        let diagnostics: [Entry]
    }

    /// Properties that sarif-2.1.0.json requires, and those that code scanning reads.
    @Test("SARIF has what its schema requires and what code scanning reads")
    func sarif() throws {
        let text = Self.report.sarif(in: "/srv").text
        let log = try JSONDecoder().decode(SarifText.self, from: Data(text.utf8))
        #expect(log.version == "2.1.0")
        let run = try #require(log.runs.first)
        #expect(log.runs.count == 1)
        let rules = run.tool.driver.rules
        #expect(rules.map(\.id) == PolicyCheck.allCases.map(\.rawValue))
        #expect(rules.allSatisfy { !$0.shortDescription.text.isEmpty && !$0.help.text.isEmpty })
        let levels: Set<String> = ["none", "note", "warning", "error"]
        #expect(rules.allSatisfy { levels.contains($0.defaultConfiguration.level) })
        #expect(run.results.map(\.level) == ["error", "warning", "note"])
        #expect(run.results.allSatisfy { rules[$0.ruleIndex].id == $0.ruleId })
        let places = run.results.compactMap(\.locations.first?.physicalLocation)
        #expect(
            places.map(\.artifactLocation.uri)
                == ["policies/a%20b.yaml", "policies/c.yaml", "file:///elsewhere/d.yaml"])
        #expect(places.map(\.region.startLine) == [7, 2, 1])
        #expect(places.map(\.region.startColumn) == [9, 3, 1])
        #expect(Set(run.results.flatMap(\.partialFingerprints.values)).count == 3)
    }

    private struct SarifText: Decodable {
        struct Message: Decodable { let text: String }
        struct Rule: Decodable {
            struct Configuration: Decodable { let level: String }
            let id: String
            let shortDescription, fullDescription, help: Message
            let defaultConfiguration: Configuration
        }
        struct Driver: Decodable {
            let name: String
            let rules: [Rule]
        }
        struct Tool: Decodable { let driver: Driver }
        struct Region: Decodable { let startLine, startColumn: Int }
        struct Artifact: Decodable { let uri: String }
        struct Physical: Decodable {
            let artifactLocation: Artifact
            let region: Region
        }
        struct Location: Decodable { let physicalLocation: Physical }
        struct Result: Decodable {
            let ruleId, level: String
            let ruleIndex: Int
            let message: Message
            let locations: [Location]
            let partialFingerprints: [String: String]
        }
        struct Run: Decodable {
            let tool: Tool
            let results: [Result]
        }
        let version: String
        let runs: [Run]
    }

    @Test("a folder stands for its policies, what cannot be read is an error with its name")
    func folders() throws {
        let folder = try TemporaryFolder()
        #expect(PolicyLintReport(files: [folder.path]).diagnostics.map(\.check) == [.unreadable])
        _ = try folder.file("good.yaml", LintTable.clean)
        _ = try folder.file("policy.schema.json", "{}")
        _ = try folder.file("README.md", "")
        let bad = try folder.file("bad.json", "[")
        let missing = folder.path + "/missing.yaml"
        let report = PolicyLintReport(files: [folder.path, missing])
        #expect(report.fileCount == 3)
        #expect(report.diagnostics.map(\.file) == [bad, missing])
        #expect(report.diagnostics.allSatisfy { $0.check == .unreadable && $0.severity == .error })
        #expect(report.fails(strict: false))
    }
}
