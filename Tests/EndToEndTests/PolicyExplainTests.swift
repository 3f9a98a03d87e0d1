import Foundation
import TestSupport
import Testing

@Suite("Explaining a policy file", .ownProcess, InWorkspace())
struct PolicyExplainTests {
    private static func explain(_ arguments: String...) async throws -> CommandLine {
        let workspace = try InWorkspace.workspace
        let file = "\(try workspace.policies())/raster.yaml"
        return try await CommandLine.run(
            ["policy", "explain", file] + arguments, in: workspace)
    }

    @Test("every call that may pass stands in the table with its reason")
    func table() async throws {
        let done = try await Self.explain()
        #expect(done.status == .status(0), "\(done.errors)")
        for words in ["PROT_READ|PROT_WRITE", "PR_SET_NAME", "the result", "MADV_GUARD_INSTALL"] {
            #expect(done.text.contains(words), "\(words)")
        }
        #expect(!done.text.contains("\u{1B}"))
    }

    @Test("one call is told with its numbers, its rules by line, and what else happens")
    func call() async throws {
        let done = try await Self.explain("mprotect")
        // asm/unistd_64.h and asm-generic/unistd.h.
        #expect(done.text.contains("10 on x86_64, 226 on aarch64"))
        #expect(done.text.contains(#/raster\.yaml:\d+  allow/#))
        #expect(done.text.contains("protection is at most PROT_READ|PROT_WRITE"))
        #expect(done.text.contains(#/otherwise +notify/#))
    }

    @Test("a call without a rule is told with what allowing it would give")
    func unnamed() async throws {
        let done = try await Self.explain("ptrace")
        #expect(done.status == .status(0))
        #expect(done.text.contains("no rule") && done.text.contains("dangerous"))
    }

    @Test("a name of no call is refused with the nearest one")
    func unknown() async throws {
        let done = try await Self.explain("mprotct")
        #expect(done.status == .status(1))
        #expect(done.errors.contains("mprotect"))
    }

    @Test("JSON is one document and has the rules")
    func json() async throws {
        let done = try await Self.explain("--json")
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(JSON(parsing: done.output) != nil)
    }
}
