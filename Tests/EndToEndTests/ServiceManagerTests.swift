import Foundation
import Glibc
import TestSupport
import Testing

/// Over a real socket of sd_notify(3).
@Suite("A service under a service manager", .ownProcess, InWorkspace())
struct ServiceManagerTests {
    /// Starts a service that tells a socket, and does `work` with both.
    private func told(
        _ start: OperatedService.Start, watchdog: Int? = nil,
        _ work: (OperatedService, NotifySocket) async throws -> Void
    ) async throws {
        let socket = try NotifySocket(in: InWorkspace.workspace)
        defer { socket.end() }
        var start = start
        start.variables = socket.variables
        if let watchdog { start.variables["WATCHDOG_USEC"] = "\(watchdog)" }
        try await OperatedService.during(start) { try await work($0, socket) }
    }

    @Test(
        "says that it is ready, when it reloads and what that came to, started as root too",
        arguments: Identity.available)
    func ready(_ identity: Identity) async throws {
        try await told(OperatedService.Start(identity: identity)) { operated, socket in
            try await eventually("the start is over") { socket.count("READY=1") == 1 }
            #expect(
                socket.lines.lines == [
                    "READY=1", "STATUS=Serving images at 127.0.0.1:\(operated.service.port)",
                ])

            try operated.configure("timeout: 9\n")
            _ = try await operated.hangUp()
            try operated.configure("timeout: never\n")
            _ = try await operated.hangUp()
            try await eventually("both reloads are over") { socket.count("READY=1") == 3 }
            let lines = socket.lines.lines.dropFirst(2).map { line in
                line.hasPrefix("MONOTONIC_USEC=") ? "MONOTONIC_USEC=" : line
            }
            #expect(
                lines.prefix(7) == [
                    "RELOADING=1", "MONOTONIC_USEC=", "READY=1", "STATUS=Reloaded: timeout",
                    "RELOADING=1", "MONOTONIC_USEC=", "READY=1",
                ])
            #expect(lines.last?.hasPrefix("STATUS=Reload refused, everything stays") == true)
            let times = socket.lines.lines.compactMap { line in
                line.hasPrefix("MONOTONIC_USEC=") ? Int(line.dropFirst(15)) : nil
            }
            var now = timespec()
            // clock_gettime writes into the structure alone.
            _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
            #expect(times.count == 2 && times[0] < times[1] && times[1] / 1_000_000 <= now.tv_sec)
        }
    }

    @Test("says that it ends before the last image is answered, and stays alive until then")
    func stopping() async throws {
        let start = OperatedService.Start()
        try await told(start, watchdog: 200_000) { operated, socket in
            try await eventually("the start is over") { socket.count("READY=1") == 1 }
            let answer = try await operated.withJobInFlight {
                // Its policy is served no more by the time it is answered.
                try operated.setPolicy {
                    try $0.mustReplace("pixels: 50000000", with: "pixels: 40000000")
                }
                #expect(try await operated.reload() == ["policy raster"])
                #expect(socket.count("STOPPING=1") == 0)
                operated.service.program.signal(SIGTERM)
                try await eventually("the end begins") { socket.count("STOPPING=1") == 1 }
                try await socket.another("WATCHDOG=1")
                try await socket.another("WATCHDOG=1")
            }
            #expect(answer.status == 200, "\(answer.text)")
            #expect(await operated.service.program.end == .status(0))
            #expect(socket.count("STOPPING=1") == 1)
        }
    }

    @Test("is alive while a zygote stands still, and serves")
    func watchdog() async throws {
        try await told(OperatedService.Start(), watchdog: 100_000) { operated, socket in
            try await operated.settled()
            let forking = try #require(
                operated.service.zygotes.first { !$0.children.isEmpty }?.id)
            kill(forking, SIGSTOP)
            defer { kill(forking, SIGCONT) }
            for _ in 0..<3 { try await socket.another("WATCHDOG=1") }
            // Its warm children were there before.
            let facts = try await operated.service.http.post(
                "/v1/info", body: SampleFormat.png.file)
            #expect(facts.status == 200, "\(facts.text)")
            try await socket.another("WATCHDOG=1")
        }
    }

    @Test(
        "never says that it is ready when a port is taken; the sentence names the key, and nothing is left",
        arguments: ["listen", "admin_listen"])
    func portInUse(_ key: String) async throws {
        let workspace = try InWorkspace.workspace
        let socket = try NotifySocket(in: workspace)
        defer { socket.end() }
        let elsewhere = try Workspace()
        defer { elsewhere.remove() }
        let holder = try await Service.start(as: .ordinaryUser, in: elsewhere)
        let taken = "127.0.0.1:\(holder.port)"
        let other = key == "listen" ? "admin_listen" : "listen"
        func option(_ key: String) -> String { "--" + key.replacing("_", with: "-") }
        let state = workspace.scratch.appending(path: "other").path
        let refused = try await CommandLine.run(
            ["serve", "--dev", option(key), taken, option(other), "127.0.0.1:0", "--state", state],
            in: workspace, variables: socket.variables)
        #expect(refused.status == .status(1))
        let last = refused.errors.split(separator: "\n").last ?? ""
        #expect(
            last.hasPrefix("glovebox: \(option(key)): nothing can listen at \(taken) (bind: "),
            "\(refused.errors)")
        #expect(socket.count("READY=1") == 0)
        let sandbox = try workspace.program(.sandbox)
        #expect(ProcessTable.running(sandbox).isEmpty)
        #expect(!workspace.files().contains("scratch/other/admin.json"))
        // The other one is not even bound, when the service is found by its state directory.
        if key == "admin_listen" { #expect(!refused.errors.contains("\"listening\"")) }
        #expect(try await holder.stop() == .status(0))
    }

    @Test(
        "a state directory in use refuses the start by the name of its service, and nothing is left"
    )
    func stateInUse() async throws {
        let workspace = try InWorkspace.workspace
        let elsewhere = try Workspace()
        defer { elsewhere.remove() }
        let holder = try await Service.start(as: .ordinaryUser, in: elsewhere)
        let state = elsewhere.scratch.appending(path: "state").path
        // As the account whose folder it is.
        let (program, arguments) = Identity.ordinaryUser.command(
            try workspace.program(.glovebox),
            [
                "serve", "--dev", "--listen", "127.0.0.1:0", "--state", state, "--sandbox",
                try workspace.program(.sandbox),
            ])
        let refused = try RunningProgram(
            program, arguments, environment: try workspace.environment())
        #expect(await refused.end == .status(1))
        await refused.errors.finished()
        let said = refused.errors.lines
        #expect(
            said == [
                "glovebox: Another service (process \(holder.program.id)) uses the state directory "
                    + "\(state). Give this one a folder of its own with --state."
            ])
        let sandbox = try workspace.program(.sandbox)
        #expect(ProcessTable.running(sandbox).isEmpty)
        #expect(try await holder.stop() == .status(0))
    }
}
