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
            // The run-time library opens its clock when it needs one for the first time.
            descriptors = service.openFiles.count { !$0.contains("timerfd") }
        }

        var description: String { "\(processes) processes, \(descriptors) descriptors" }
    }

    let service: Service
    let healthy: HealthyRequest
    let before: Holdings
    /// How many children wait for a job.
    let warm: Int
    /// The requests so far that turned a child.
    let recorded = RecordedRequests()

    /// The one of the suite that runs.
    @TaskLocal static var current: HostileService?

    /// Lets a service settle that has just been started.
    init(_ service: Service, warm: Int) async throws {
        self.service = service
        self.warm = warm
        healthy = try await HealthyRequest(through: service)
        // Twice the same processes: one that ends may stand for one that is still to come.
        var seen: Set<CInt> = []
        try await eventually("\(warm) children are warm") {
            let now = Set(ProcessTable.descendants(of: service.program.id))
            defer { seen = now }
            return now == seen && Self.rests(service, warm)
        }
        before = Holdings(of: service)
    }

    /// Waits until the service rests, holding no more than before.
    func returnsToBefore() async throws {
        let service = service
        let before = before
        let warm = warm
        var now = before
        do {
            try await eventually("the service rests and holds no more than \(before)") {
                now = Holdings(of: service)
                return Self.rests(service, warm) && now.processes <= before.processes
                    && now.descriptors <= before.descriptors
            }
        } catch {
            let children = service.zygotes.map(\.children.count)
            Issue.record("it holds \(now); children: \(children); open: \(service.openFiles)")
            throw error
        }
    }

    /// Whether there are a launcher and a zygote with the warm children, another launcher and
    /// zygote for the next generation, and nobody else. The service has a handle for each one that
    /// it knows of, and lets go of a child's when it has written down how that ended.
    private static func rests(_ service: Service, _ warm: Int) -> Bool {
        let expected = warm + 4
        return ProcessTable.descendants(of: service.program.id).count == expected
            && ProcessTable.processHandleCount(of: service.program.id) == expected
    }

    /// Checks the whole log of a service that has ended: one line for each child that was turned
    /// and did not end as any other, and none for anybody else.
    ///
    /// - Parameter bystanders: the classes in which other children may have ended too.
    func checkLog(bystanders: Set<String>) {
        let known = Set(recorded.identifiers)
        let ended = service.program.errors.lines.filter { $0.contains("child ended") }
            .compactMap { LogLine($0) }.filter { $0.message == "child ended" }
            .filter { line in
                known.contains(line["request_id"].text ?? "")
                    || !bystanders.contains(line["class"].text ?? "")
            }
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

extension HostileService {
    /// What a service is started with.
    struct Settings: Sendable {
        /// Seconds that a request may take.
        var timeout = 3
        var workers = 2
        /// Classes in which children may end that no test has noted.
        var bystanders: Set<String> = []
        /// Where it is started, in the posture `container`; nil for the machine as it is.
        var surroundings: Surroundings?
        /// The policies that it has.
        var policies = ["raster"]
        /// More options that it is started with.
        var options: [String] = []
        /// More variables of its environment.
        var variables: [String: String] = [:]
        /// What is done to the text of the policies.
        var changePolicy: @Sendable (String) throws -> String = { $0 }
    }

    /// Starts a service, lets it settle, and does `work`. When that is over the service must rest,
    /// end well, and leave nothing but the right lines in its log.
    static func during(
        as identity: Identity, _ settings: Settings = Settings(),
        _ work: (HostileService) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        var settled: HostileService?
        var files: Set<String> = []
        try await Service.during(
            as: identity, in: workspace, sandbox: .hostileSandbox,
            policies: try workspace.policies(settings.policies, settings.changePolicy),
            surroundings: settings.surroundings,
            options: ["--timeout", "\(settings.timeout)", "--workers", "\(settings.workers)"]
                + settings.options
                + (settings.surroundings == nil ? [] : ["--posture", "container"]),
            variables: settings.variables
        ) { service in
            let hostile = try await HostileService(service, warm: settings.workers)
            settled = hostile
            files = workspace.files()
            try await work(hostile)
            try await hostile.returnsToBefore()
        }
        settled?.checkLog(bystanders: settings.bystanders)
        #expect(workspace.files().subtracting(files).isEmpty)
    }
}

/// One service for a whole suite.
struct RunsHostileService: SuiteTrait, TestScoping {
    let identity: Identity
    let settings: HostileService.Settings

    init(_ identity: Identity, _ settings: HostileService.Settings = HostileService.Settings()) {
        self.identity = identity
        self.settings = settings
    }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await HostileService.during(as: identity, settings) { hostile in
            try await HostileService.$current.withValue(hostile) { try await function() }
        }
    }
}
