import Foundation
import TestSupport
import Testing

@Suite(
    "A full disk under the crash log", .ownProcess, InWorkspace(),
    .enabled(if: Identity.testsRunAsRoot, "only root can mount a small disk"))
struct FullDiskTests {
    private static let target = "/v1/process?w=8&f=png"
    private static let healthy = SampleFormat.png.file
    private static let deadly = healthy + Array("GLOVEBOX-ACT:crash-null\n".utf8)

    /// Runs a program of the machine, which must succeed.
    private static func run(_ program: String, _ arguments: String...) async throws {
        let running = try RunningProgram(program, arguments, environment: [:])
        #expect(await running.end == .status(0), "\(program) \(arguments)")
        await running.errors.finished()
    }

    @Test("stops no image: crashes are counted, it is said, and it ends when there is room again")
    func full() async throws {
        let disk = try InWorkspace.workspace.folder.appending(path: "disk").path
        try FileManager.default.createDirectory(
            atPath: disk, withIntermediateDirectories: false)
        try await Self.run(
            "/usr/bin/mount", "-t", "tmpfs", "-o", "size=120k,mode=0777", "tmpfs", disk)
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "crashes:\n  full: 1000\n",
            variables: ["GLOVEBOX_STATE": disk + "/state"])
        let deaths = 60
        do {
            try await OperatedService.during(start) { operated in
                let http = operated.service.http
                for _ in 0..<deaths / 2 {
                    #expect(try await http.post(Self.target, body: Self.deadly).status == 422)
                    #expect(try await http.post(Self.target, body: Self.healthy).status == 200)
                }
                try await operated.settled()
                var outcomes = try await outcomes(operated)
                #expect((outcomes["written"] ?? 0) > 0 && (outcomes["counted"] ?? 0) > 0)
                #expect(said("crash records cannot be written", operated) == 1)
                try await Self.run(
                    "/usr/bin/mount", "-o", "remount,size=8m,mode=0777", disk)
                for _ in 0..<deaths / 2 {
                    #expect(try await http.post(Self.target, body: Self.deadly).status == 422)
                }
                try await operated.settled()
                outcomes = try await self.outcomes(operated)
                #expect(outcomes.values.reduce(0, +) == deaths && outcomes["lost"] == nil)
                #expect((outcomes["written"] ?? 0) > deaths / 2)
                #expect(said("crash records are written again", operated) == 1)
            }
            let text = try String(
                contentsOfFile: disk + "/state/crashes/crashes.jsonl", encoding: .utf8)
            let lines = try text.split(separator: "\n").map { try #require(LogLine(String($0))) }
            let counted = lines.compactMap { $0["count"].integer }.reduce(0, +)
            #expect(counted > 0 && lines.count { $0["kind"] == .null } + counted == deaths)
        } catch {
            Issue.record(error)
        }
        try await Self.run("/usr/bin/umount", disk)
    }

    private func outcomes(_ operated: OperatedService) async throws -> [String: Int] {
        counts(
            try await prometheusSamples(try await operated.get("/metrics").body),
            of: "glovebox_crash_records_total", by: ["outcome"])
    }

    private func said(_ message: String, _ operated: OperatedService) -> Int {
        operated.service.program.errors.lines.count { $0.contains(message) }
    }
}
