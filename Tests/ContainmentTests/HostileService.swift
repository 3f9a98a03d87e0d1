import Synchronization
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
    /// The requests so far that turned a child.
    let recorded = RecordedRequests()

    /// Children that wait for a job.
    private static let warm = 2

    /// The one of the suite that runs.
    @TaskLocal static var current: HostileService?

    /// Starts a service and lets it settle.
    static func start(
        as identity: Identity, in workspace: Workspace, policies: String,
        surroundings: Surroundings? = nil, options: [String]
    ) async throws -> HostileService {
        let service = try await Service.start(
            as: identity, in: workspace, sandbox: .hostileSandbox, policies: policies,
            surroundings: surroundings,
            options: options + ["--workers", "\(warm)"])
        let healthy = try await HealthyRequest(through: service)
        try await eventually("\(warm) children are warm") { rests(service) }
        return HostileService(service: service, healthy: healthy, before: Holdings(of: service))
    }

    /// Waits until the service rests, holding no more than before.
    func returnsToBefore() async throws {
        let service = service
        let before = before
        try await eventually("the service rests and holds no more than \(before)") {
            let now = Holdings(of: service)
            return Self.rests(service) && now.processes <= before.processes
                && now.descriptors <= before.descriptors
        }
    }

    /// Whether there are a launcher and a zygote, the same again for the next generation, and the
    /// warm children, and nobody else. The service has a handle for each one that it knows of, and lets go of a child's when it has written
    /// down how that ended.
    private static func rests(_ service: Service) -> Bool {
        let expected = warm + 4
        return ProcessTable.descendants(of: service.program.id).count == expected
            && ProcessTable.processHandleCount(of: service.program.id) == expected
    }

    /// Checks the whole log of a service that has ended: one line for each child that was turned
    /// and did not end as any other, and none for anybody else.
    func checkLog() {
        let ended = service.program.errors.lines.filter { $0.contains("child ended") }
            .compactMap { LogLine($0) }.filter { $0.message == "child ended" }
            .map { $0["request_id"].text ?? "no request: \($0)" }
        let counts = Dictionary(ended.map { ($0, 1) }, uniquingKeysWith: +)
        let expected = Dictionary(recorded.identifiers.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts == expected)
    }
}

/// The requests whose child must have left one line in the log.
final class RecordedRequests: Sendable {
    private let state = Mutex<[String]>([])

    /// Notes a request, unless its act ends as a healthy child does.
    func note(_ request: HostileRequest) {
        if request.act.containment.leavesRecord { state.withLock { $0.append(request.id) } }
    }

    var identifiers: [String] { state.withLock { $0 } }
}

/// One service for a whole suite; when the suite is over it must end well and leave nothing.
struct RunsHostileService: SuiteTrait, TestScoping {
    let identity: Identity
    /// Seconds that a request may take.
    var timeout = 3
    /// Where it is started, in the posture `container`; nil for the machine as it is.
    var surroundings: Surroundings?
    /// What is done to the text of the policies.
    var changePolicy: @Sendable (String) throws -> String = { $0 }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let hostile = try await HostileService.start(
            as: identity, in: workspace, policies: try workspace.policies(changePolicy),
            surroundings: surroundings,
            options: ["--timeout", "\(timeout)"]
                + (surroundings == nil ? [] : ["--posture", "container"]))
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
        await hostile.service.program.errors.finished()
        hostile.checkLog()
        #expect(workspace.files().subtracting(files).isEmpty)
    }
}
