import Foundation
import TestSupport
import Testing

@Suite("status and health", .ownProcess, InWorkspace())
struct StatusTests {
    private func run(_ arguments: [String]) async throws -> CommandLine {
        try await CommandLine.run(arguments, in: InWorkspace.workspace)
    }

    /// A service with a state directory of its own, and that directory.
    private func service() async throws -> (Service, state: String) {
        let workspace = try InWorkspace.workspace
        let state = workspace.scratch.appending(path: "state").path
        let service = try await Service.start(
            as: .ordinaryUser, in: workspace,
            options: ["--state", state, "--admin-listen", "127.0.0.1:0"])
        return (service, state)
    }

    @Test("status shows a running service on one screen and prints its JSON")
    func status() async throws {
        let (service, state) = try await service()
        let answer = try await service.http.post("/v1/process?w=8", body: SampleFormat.png.file)
        #expect(answer.status == 200)

        let shown = try await run(["status", "--state", state])
        #expect(shown.status == .status(0), "\(shown.errors)")
        let lines = shown.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24 && lines.allSatisfy { $0.utf8.count <= 80 }, "\(shown.text)")
        #expect(shown.text.contains("process \(service.program.id) "))
        #expect(shown.text.contains("public 127.0.0.1:\(service.port)"))
        #expect(lines.contains { $0.hasPrefix("raster ") && $0.contains("serving") })

        let json = try await run(["status", "--json", "--state", state])
        let report = try #require(JSON(parsing: json.output))
        #expect(report["pid"].integer == Int(service.program.id))
        #expect(report["counters"]["requests_total"].integer == 1)
        #expect(report["policies"].elements.first?["state"].text == "serving")

        #expect(try await service.stop() == .status(0))
        let entry = state + "/admin.json"
        #expect(!FileManager.default.fileExists(atPath: entry))
        let gone = try await run(["status", "--state", state])
        #expect(gone.status == .status(1) && gone.errors.contains("No service is running"))
    }

    @Test("a second service is refused the state directory of the first, which it names")
    func second() async throws {
        let (service, state) = try await service()
        let second = try await run(
            ["serve", "--dev", "--listen", "127.0.0.1:0", "--state", state])
        #expect(second.status == .status(1))
        #expect(second.errors.contains("(process \(service.program.id))"), "\(second.errors)")
        #expect(try await service.stop() == .status(0))
    }

    @Test(
        "a killed service leaves an entry that is known to be stale, and the next one replaces it")
    func killed() async throws {
        let (first, state) = try await service()
        first.program.signal(SIGKILL)
        _ = await first.program.end
        let stale = try await run(["status", "--state", state])
        #expect(stale.errors.contains("left over from process \(first.program.id)"))
        let (second, _) = try await service()
        #expect(try await run(["status", "--state", state]).status == .status(0))
        #expect(try await second.stop() == .status(0))
    }

    @Test("who may not read the state directory is told which group may")
    func denied() async throws {
        let workspace = try InWorkspace.workspace
        try #require(Identity.testsRunAsRoot)
        let state = workspace.folder.appending(path: "state").path
        try workspace.write(Array("{}".utf8), to: "state/admin.json")
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: state)
        let program = try RunningProgram(
            "/usr/bin/setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
                + [try workspace.program(.glovebox), "status", "--state", state],
            environment: try workspace.environment())
        #expect(await program.end == .status(1))
        await program.errors.finished()
        #expect(
            program.errors.lines == [
                "glovebox: The state directory \(state) can be read by group root only. Join it: "
                    + "sudo usermod -aG root $USER, then log in again; or use --admin URL with "
                    + "GLOVEBOX_ADMIN_KEY."
            ])
    }

    @Test("health says by its status whether a service is ready, without a key")
    func health() async throws {
        let service = try await Service.start(
            as: .ordinaryUser, in: InWorkspace.workspace)
        let address = "127.0.0.1:\(service.port)"
        let ready = try await run(["health", "--listen", address])
        #expect(ready.status == .status(0) && ready.errors.isEmpty && ready.output.isEmpty)
        let other = try await run(["health", "--url", "http://\(address)/nothing"])
        #expect(other.status == .status(1) && other.errors.contains("answered 404"))
        #expect(try await service.stop() == .status(0))
        let gone = try await run(["health", "--listen", address])
        #expect(gone.status == .status(1) && gone.errors.contains("Nobody listens"))
        let wrong = try await run(["health", "--url", "ftp://a"])
        #expect(wrong.status == .status(2))
    }
}
