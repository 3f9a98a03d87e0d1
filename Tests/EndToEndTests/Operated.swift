import TestSupport
import Testing

/// One operated service for a whole suite.
struct Operated: SuiteTrait, TestScoping {
    @TaskLocal static var current: OperatedService?

    /// The service of the suite that runs.
    static var service: OperatedService {
        get throws { try #require(current) }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await InWorkspace.$current.withValue(workspace) {
            try await OperatedService.during { operated in
                try await Self.$current.withValue(operated) { try await function() }
            }
        }
    }
}
