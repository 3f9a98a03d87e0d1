import TestSupport
import Testing

/// A service whose children can be turned, and what it looked like before any was.
struct HostileService: Sendable {
    /// Processes below the service, and its descriptors.
    struct Holdings: Equatable, CustomStringConvertible {
        var processes: Int
        var descriptors: Int

        init(of service: Service) {
            processes = ProcessTable.descendants(of: service.program.id).count
            descriptors = ProcessTable.descriptorCount(of: service.program.id)
        }

        var description: String { "\(processes) processes, \(descriptors) descriptors" }
    }

    let service: Service
    let healthy: HealthyRequest
    let before: Holdings

    /// The one of the suite that runs.
    @TaskLocal static var current: HostileService?

    /// Starts a service and lets it settle.
    static func start(
        as identity: Identity, in workspace: Workspace, policies: String, options: [String]
    ) async throws -> HostileService {
        let service = try await Service.start(
            as: identity, in: workspace, sandbox: .hostileSandbox, policies: policies,
            options: options)
        let healthy = try await HealthyRequest(through: service)
        return HostileService(
            service: service, healthy: healthy, before: try await settled(service))
    }

    /// Waits until the service rests, holding no more than before.
    func returnsToBefore() async throws {
        let service = service
        let before = before
        try await eventually("the service holds no more than \(before)") {
            let now = Holdings(of: service)
            return now.processes <= before.processes && now.descriptors <= before.descriptors
        }
    }

    /// Holdings that did not change over many looks: the pool of warm children is full.
    private static func settled(_ service: Service) async throws -> Holdings {
        var last = Holdings(of: service)
        var looks = 0
        try await eventually("the service settles") {
            let now = Holdings(of: service)
            looks = now == last ? looks + 1 : 0
            last = now
            return looks == 50
        }
        return last
    }
}

/// One service for a whole suite; when the suite is over it must end well and leave nothing.
struct RunsHostileService: SuiteTrait, TestScoping {
    let identity: Identity
    /// Seconds that a request may take.
    var timeout = 3
    /// What is done to the text of the policies.
    var changePolicy: @Sendable (String) -> String = { $0 }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let hostile = try await HostileService.start(
            as: identity, in: workspace, policies: try workspace.policies(changePolicy),
            options: ["--timeout", "\(timeout)"])
        let files = workspace.files()
        do {
            try await HostileService.$current.withValue(hostile) { try await function() }
        } catch {
            Issue.record(error)
        }
        try await hostile.returnsToBefore()

        let below = ProcessTable.descendants(of: hostile.service.program.id)
        #expect(!below.isEmpty)
        #expect(try await hostile.service.stop() == .status(0))
        try await eventually("every process of the service is gone") {
            !below.contains(where: ProcessTable.isAlive)
        }
        #expect(workspace.files().subtracting(files).isEmpty)
    }
}
