import Foundation
import TestSupport
import Testing

/// One service for a whole suite, and the folder it serves images from.
struct Served: SuiteTrait, TestScoping {
    let options: [String]
    /// What plays `glovebox-sandbox`.
    let sandbox: Workspace.Program
    /// The policies that are served; nil for all that are shipped.
    let policies: [String]?
    /// The text of the configuration file; nil for none. Relative paths in it count from the
    /// workspace.
    let configuration: String?
    /// Whether it asks nobody for a key.
    let dev: Bool
    /// Put files into the image folder here, before the service starts.
    let prepare: @Sendable (Workspace) throws -> Void

    @TaskLocal static var current: Service?

    init(
        _ options: [String] = [], policies: [String]? = ["raster"],
        sandbox: Workspace.Program = .sandbox, configuration: String? = nil, dev: Bool = true,
        prepare: @escaping @Sendable (Workspace) throws -> Void = { _ in }
    ) {
        self.options = options
        self.sandbox = sandbox
        self.policies = policies
        self.configuration = configuration
        self.dev = dev
        self.prepare = prepare
    }

    /// The service of the suite that runs.
    static var service: Service {
        get throws { try #require(current) }
    }

    static var http: HTTPCaller {
        get throws { try service.http }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try workspace.write([], to: "images/.keep")
        try prepare(workspace)
        let images = workspace.folder.appending(path: "images").path
        var options = options
        if let configuration {
            let file = try workspace.write(Array(configuration.utf8), to: "glovebox.yaml")
            options += ["--config", file]
        }
        try await Service.during(
            as: .ordinaryUser, in: workspace, sandbox: sandbox,
            policies: try workspace.policies(policies), dev: dev,
            options: ["--images", images] + options
        ) { service in
            try await Self.$current.withValue(service) { try await function() }
        }
    }
}

/// Checks a problem-details answer (RFC 9457) by its status, its type and members of its own.
func expect(
    _ answer: HTTPCaller.Answer, isProblem name: String, _ status: Int,
    with members: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
    #expect(
        answer.header("Content-Type") == "application/problem+json",
        sourceLocation: sourceLocation)
    let problem = answer.json
    #expect(
        problem["type"] == .string("urn:glovebox:problem:\(name)"), "\(answer.text)",
        sourceLocation: sourceLocation)
    #expect(problem["status"] == .number(Double(status)), sourceLocation: sourceLocation)
    #expect(problem["title"].text?.isEmpty == false, sourceLocation: sourceLocation)
    let last = problem["detail"].text?.last
    #expect(last == "." || last == "?", "\(answer.text)", sourceLocation: sourceLocation)
    let id = answer.header("X-Request-ID")
    #expect(id != nil && problem["request_id"].text == id, sourceLocation: sourceLocation)
    for (name, value) in members {
        #expect(problem[name].text == value, "\(answer.text)", sourceLocation: sourceLocation)
    }
}
