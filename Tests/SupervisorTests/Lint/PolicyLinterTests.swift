import FoundationEssentials
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Linting policies")
struct PolicyLinterTests {
    /// What the command says about the text of one file.
    private static func lint(_ bytes: [UInt8]) -> [PolicyDiagnostic] {
        do throws(PolicyError) {
            return PolicyLinter.lint(try PolicyReader.document(bytes, path: "faulty.yaml"))
        } catch {
            return error.diagnostics
        }
    }

    @Test("every planted defect is found, where it is and once", arguments: LintTable.rows)
    func planted(row: LintTable.Row) {
        let (bytes, position) = row.file
        let found = Self.lint(bytes)
        let hits = found.filter {
            $0.check == row.check && $0.severity == row.severity && $0.position == position
        }
        #expect(hits.count == 1, "expected at \(position): \(found)")
        let others = found.filter { !hits.contains($0) }.map(\.check.rawValue).sorted()
        #expect(others == row.also.map(\.rawValue).sorted(), "\(found)")
    }

    @Test("the table has at least 60 faulty files, and none twice")
    func size() {
        #expect(LintTable.rows.count >= 60)
        #expect(Set(LintTable.rows.map(\.what)).count == LintTable.rows.count)
        #expect(Set(LintTable.rows.map(\.text)).count == LintTable.rows.count)
    }

    @Test("no check is without a faulty file")
    func checks() {
        // A file cannot cause a mismatch: it takes a libseccomp with a fault of its own.
        let planted = Set(LintTable.rows.map(\.check)).union([.programMismatch])
        #expect(Set(PolicyCheck.allCases).subtracting(planted).isEmpty)
    }

    @Test("nothing is said about files in which nothing is wrong")
    func clean() {
        #expect(Self.lint(Array(LintTable.clean.utf8)).isEmpty)
    }

    @Test("the policies that come with Glovebox lint without a word")
    func shipped() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "policies").path
        let report = PolicyLintReport(files: [folder])
        #expect(report.fileCount > 0)
        #expect(report.count(.error) + report.count(.warning) == 0, "\(report.diagnostics)")
    }

    @Test("a program that is long, and one that does not look at x32, are found whoever made them")
    func programs() throws {
        let document = try PolicyReader.document(Array(LintTable.clean.utf8), path: "clean.yaml")
        let subject = LintSubject(document, kernel: KernelVersion(6, 1))
        func checks(_ instructions: [FilterInstruction]) throws -> [PolicyCheck] {
            let filter = try CompiledFilter(instructions)
            return ProgramSizeCheck.look(at: filter, for: .amd64, subject).map(\.check)
        }
        // linux/seccomp.h, linux/audit.h: load the architecture, compare it, load the number.
        let load = FilterInstruction(code: 0x20, operand: 4)
        let guarded = [
            load, FilterInstruction(code: 0x15, jumpTrue: 0, jumpFalse: 2, operand: 0xc000_003e),
            FilterInstruction(code: 0x20, operand: 0),
            FilterInstruction(code: 0x35, jumpTrue: 0, jumpFalse: 1, operand: 0x4000_0000),
            FilterInstruction(code: 0x06, operand: 0x8000_0000),
            FilterInstruction(code: 0x06, operand: 0x7fc0_0000),
        ]
        let unguarded = [
            load, FilterInstruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, operand: 0xc000_003e),
            FilterInstruction(code: 0x06, operand: 0x7fff_0000),
            FilterInstruction(code: 0x06, operand: 0x8000_0000),
        ]
        let padding = [FilterInstruction](repeating: load, count: 1_024)
        #expect(try checks(guarded) == [])
        #expect(try checks(padding + guarded) == [.programLength])
        #expect(try checks(unguarded) == [.architecture])
        #expect(try checks([unguarded[2]]) == [.architecture, .architecture])
    }

    @Test("rules without end are looked at in bounded time, dangerous ones too")
    func manyRules() {
        let rules = (1...400).map { number in
            "      - { names: [ioctl], action: SCMP_ACT_ALLOW, comment: it, "
                + "args: [{ index: 1, value: \(number), op: SCMP_CMP_NE }] }\n"
        }.joined()
        let found = Self.lint(Array((LintTable.clean + rules).utf8))
        #expect(found.count { $0.check == .dangerousGrant } == 400)
    }
}
