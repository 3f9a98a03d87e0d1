internal import Foundation
internal import Glibc
internal import Testing

/// A `glovebox serve` that a test started: real processes on a port the kernel chose.
public final class Service: Sendable {
    public let workspace: Workspace
    public let program: RunningProgram
    public let port: Int

    /// Starts the service and waits until it answers.
    ///
    /// - Parameters:
    ///   - sandbox: what plays `glovebox-sandbox`.
    ///   - surroundings: where it is started; nil for the machine as it is.
    ///   - network: the network that it is started in; nil for the machine's.
    ///   - dev: whether it asks nobody for a key.
    ///   - descriptors: how many it may have; nil for as many as the tests.
    ///   - options: more options of `serve`.
    ///   - variables: what is in its environment beside what every program under test gets.
    public static func start(
        as identity: Identity, in workspace: Workspace, sandbox: Workspace.Program = .sandbox,
        policies: String? = nil, surroundings: Surroundings? = nil,
        network: HostileOrigin? = nil, dev: Bool = true, descriptors: Int? = nil,
        options: [String] = [],
        variables: [String: String] = [:]
    ) async throws -> Service {
        var (program, arguments) = (
            try workspace.program(.glovebox),
            ["serve", "--listen", "127.0.0.1:\(network?.port ?? 0)"] + (dev ? ["--dev"] : [])
                + ["--sandbox", try workspace.program(sandbox)] + options
        )
        if let surroundings {
            (program, arguments) = try surroundings.command(program, arguments, in: workspace)
        }
        if let descriptors {
            let limit = "--nofile=\(descriptors):\(descriptors)"
            (program, arguments) = ("/usr/bin/prlimit", [limit, "--", program] + arguments)
        }
        (program, arguments) = identity.command(program, arguments)
        if let network { (program, arguments) = network.command(program, arguments) }
        let running = try RunningProgram(
            program, arguments,
            environment: try workspace.environment(policies: policies)
                .merging(sandbox == .hostileSandbox ? Self.forHostility : [:]) { _, own in own }
                .merging(variables) { _, own in own })
        do {
            let port = try await within(.seconds(60), "the start of the service") {
                await running.errors.first { line in
                    LogLine(line).flatMap { $0.message == "listening" ? $0["port"].integer : nil }
                }
            }
            guard let port else {
                throw TimedOut(
                    description: "the service ended instead of listening: "
                        + running.errors.lines.joined(separator: "\n"))
            }
            return Service(workspace: workspace, program: running, port: port)
        } catch {
            running.signal(SIGKILL)
            throw error
        }
    }

    /// Starts the service, does `work` with it, and stops it, whatever came of the work. It must end
    /// well, and every process of it must be gone.
    public static func during(
        as identity: Identity, in workspace: Workspace, sandbox: Workspace.Program = .sandbox,
        policies: String? = nil, surroundings: Surroundings? = nil,
        network: HostileOrigin? = nil, dev: Bool = true, descriptors: Int? = nil,
        options: [String] = [], variables: [String: String] = [:],
        _ work: (Service) async throws -> Void
    ) async throws {
        let service = try await start(
            as: identity, in: workspace, sandbox: sandbox, policies: policies,
            surroundings: surroundings, network: network, dev: dev,
            descriptors: descriptors, options: options, variables: variables)
        do {
            try await work(service)
        } catch {
            Issue.record(error)
        }
        #expect(try await service.stop() == .status(0))
        try await service.isGone(sandbox)
    }

    /// A test of what a child can do sends the same image again and again.
    private static let forHostility = ["GLOVEBOX_POISON_COUNT": "0"]

    private init(workspace: Workspace, program: RunningProgram, port: Int) {
        self.workspace = workspace
        self.program = program
        self.port = port
    }

    /// The log lines so far that name a request.
    public func log(of request: String) -> [LogLine] {
        program.errors.lines.filter { $0.contains(request) }.compactMap { LogLine($0) }
            .filter { $0["request_id"].text == request }
    }

    /// Waits for the line with this message about this request.
    public func logLine(
        _ message: String, request: String, within limit: Duration = .seconds(20)
    ) async throws -> LogLine {
        let errors = program.errors
        let line = try await TestSupport.within(limit, "the line \(message) of \(request)") {
            await errors.first { text -> LogLine? in
                // Reading JSON is dear, and logs grow long.
                guard text.contains(request), let line = LogLine(text) else { return nil }
                return line.message == message && line["request_id"].text == request ? line : nil
            }
        }
        guard let line else { throw TimedOut(description: "no line \(message) of \(request)") }
        return line
    }

    /// Waits until no process of the service is left, and no line of its log on its way.
    public func isGone(_ sandbox: Workspace.Program = .sandbox) async throws {
        let programs = try [Workspace.Program.glovebox, sandbox].map(workspace.program)
        try await eventually("every process of the service is gone") {
            programs.allSatisfy { ProcessTable.running($0).isEmpty }
        }
        await program.errors.finished()
    }

    /// Ends the service as an operator does and waits for its end.
    public func stop() async throws -> RunningProgram.Ending {
        program.signal(SIGTERM)
        let program = program
        do {
            return try await TestSupport.within(.seconds(30), "the end after SIGTERM") {
                await program.end
            }
        } catch {
            program.signal(SIGKILL)
            throw error
        }
    }
}

extension Workspace {
    /// The whole environment of a program under test.
    public func environment(policies: String? = nil) throws -> [String: String] {
        var environment = [
            "SWIFT_BACKTRACE": "enable=no", "TMPDIR": scratch.path, "HOME": scratch.path,
            "PATH": "/usr/bin:/bin", "GLOVEBOX_STATE": scratch.appending(path: "state").path,
            "GLOVEBOX_ADMIN_LISTEN": "off",
            // Who sends the same image again and again wants as many children.
            "GLOVEBOX_JOBS_COALESCE": "false",
            "GLOVEBOX_POLICIES": try policies ?? self.policies(),
        ]
        if let libraries = try libraries() { environment["GLOVEBOX_VIPS_DIR"] = libraries }
        if let coverage = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"] {
            environment["LLVM_PROFILE_FILE"] = coverage
        }
        return environment
    }
}
