import Foundation
import TestSupport
import Testing

/// One run of `glovebox` to its end.
struct CommandLine {
    let status: RunningProgram.Ending
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// - Parameters:
    ///   - policies: the folder with the policies; the repository's unless given.
    ///   - variables: what is in the environment beside what every program under test gets.
    static func run(
        _ arguments: [String], in workspace: Workspace, policies: String? = nil,
        variables: [String: String] = [:], input: [UInt8] = []
    ) async throws -> CommandLine {
        _ = try workspace.program(.sandbox)
        let program = try RunningProgram(
            try workspace.program(.glovebox), arguments,
            environment: try workspace.environment(policies: policies)
                .merging(variables) { _, own in own },
            input: input)
        let output = await program.allOutput
        let status = try await within(.seconds(60), arguments.joined(separator: " ")) {
            await program.end
        }
        await program.errors.finished()
        return CommandLine(
            status: status, output: output,
            errors: program.errors.lines.joined(separator: "\n"))
    }
}

/// A workspace for each test case of a suite, removed after it.
struct InWorkspace: TestTrait, SuiteTrait {
    @TaskLocal static var current: Workspace?

    static var workspace: Workspace {
        get throws { try #require(current) }
    }

    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> Scope? {
        testCase == nil ? nil : Scope()
    }

    struct Scope: TestScoping {
        func provideScope(
            for test: Test, testCase: Test.Case?,
            performing function: @concurrent @Sendable () async throws -> Void
        ) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            try await InWorkspace.$current.withValue(workspace) { try await function() }
        }
    }
}
