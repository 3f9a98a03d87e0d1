import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The audit log", .ownProcess, InWorkspace())
struct AuditTests {
    private static let target = "/v1/process?rs=force:8:8&f=png"
    private static let deadly = SampleFormat.png.file + Array("GLOVEBOX-ACT:crash-null\n".utf8)

    private var state: String {
        get throws { try InWorkspace.workspace.scratch.appending(path: "state").path }
    }

    private func glovebox(
        _ arguments: String..., variables: [String: String] = [:]
    ) async throws -> CommandLine {
        try await CommandLine.run(
            arguments, in: try InWorkspace.workspace, variables: variables)
    }

    private func lines(_ arguments: String...) async throws -> [JSON] {
        let shown = try await CommandLine.run(
            ["audit", "show", "--json"] + arguments, in: try InWorkspace.workspace)
        #expect(shown.status == .status(0), "\(shown.errors)")
        return shown.text.split(separator: "\n").compactMap { JSON(parsing: Array($0.utf8)) }
    }

    /// The program that docs/audit-log.md has, on the log of the test.
    private func referenceVerification() async throws -> RunningProgram.Ending {
        let document = try String(
            contentsOf: Workspace.repository.appending(path: "docs/audit-log.md"),
            encoding: .utf8)
        let start = try #require(document.range(of: "```python\n"))
        let end = try #require(document[start.upperBound...].range(of: "```"))
        let program = try RunningProgram(
            "/usr/bin/python3",
            [
                "-c", String(document[start.upperBound..<end.lowerBound]),
                "\(try state)/audit", "\(try state)/audit.secret",
            ], environment: [:])
        _ = await program.allOutput
        let ending = await program.end
        await program.errors.finished()
        return ending
    }

    @Test(
        "every administrative act and every wrong key is a line, by whom; a second program agrees",
        arguments: Identity.available)
    func acts(_ identity: Identity) async throws {
        try await OperatedService.during(.init(identity: identity)) { operated in
            try operated.setPolicy { $0 + "# another\n" }
            try operated.configure("timeout: 9\n")
            #expect(try await operated.reload() == ["timeout", "policy raster"])
            try operated.configure("timeout: soon\n")
            #expect(try await !operated.refusedReload().isEmpty)
            try operated.configure("timeout: 9\n")
            _ = try await operated.hangUp()
            #expect(try await operated.post("/cmd/rotate").status == 200)
            let level = try await operated.admin.put(
                "/cmd/log-level", headers: OperatedService.bearer(),
                body: Array("{\"level\":\"debug\"}".utf8))
            #expect(level.status == 200)
            let wrong = try await operated.admin.get(
                "/cmd/status", headers: OperatedService.bearer("another-key-of-some-length"))
            #expect(wrong.status == 401)
            #expect(try await operated.get("/cmd/crashes/quarantine").status == 200)
            #expect(try await glovebox("crashes", "purge", "--all").status == .status(0))
            let answer = try await operated.get("/cmd/audit?action=service").json
            #expect(answer["lines"].elements.count == 4)
            #expect(answer["truncated"] == .bool(false))
            let bad = try await operated.get("/cmd/audit?actions=x")
            expect(bad, isProblem: "invalid-option", 400)
            // While it runs, too.
            let running = try await glovebox("audit", "verify")
            #expect(running.status == .status(0), "\(running.text)\(running.errors)")
        }
        let all = try await lines()
        let told = all.map { "\($0["action"].text ?? "") \($0["actor"].text ?? "")" }
        #expect(
            told == [
                "service.started service", "service.reloaded admin-key",
                "policy.changed admin-key", "service.reloaded admin-key",
                "service.reloaded signal:HUP", "policy.rotated admin-key",
                "log-level.changed admin-key", "credential.refused client:127.0.0.1",
                "quarantine.read admin-key", "crashes.purged operator",
                "service.stopped service",
            ])
        #expect(all[2]["subject"].text == "raster")
        #expect(all[2]["fields"]["old"]["sha256"] != all[2]["fields"]["new"]["sha256"])
        #expect(all[3]["fields"]["outcome"].text == "refused")
        let text = try String(
            contentsOfFile: "\(try state)/audit/audit-000000000001.jsonl", encoding: .utf8)
        #expect(!text.contains("another-key") && !text.contains(OperatedService.key))
        let verified = try await glovebox("audit", "verify", "--json")
        #expect(verified.status == .status(0), "\(verified.errors)")
        let json = try #require(JSON(parsing: verified.output))
        #expect(json["whole"] == .bool(true) && json["lines"].integer == 11)
        #expect(json["head"].integer == 11)
        #expect(try await referenceVerification() == .status(0))
        #expect(try await lines("--actor", "admin-key", "-n", "2").count == 2)
        let table = try await glovebox("audit", "show", "--action", "credential.refused")
        #expect(table.text.contains("problem=unauthorized"))
    }

    @Test("one byte that is another is told by its file and line, by both programs")
    func tampered() async throws {
        try await OperatedService.during { operated in
            for _ in 0..<3 { try await operated.reload() }
        }
        #expect(try await referenceVerification() == .status(0))
        let path = "\(try state)/audit/audit-000000000001.jsonl"
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let second = try #require(bytes.firstIndex(of: 0x0a))
        let place = try #require(
            bytes[second...].firstRange(of: Array("applied".utf8))?.lowerBound)
        bytes[place] = UInt8(ascii: "A")
        try Data(bytes).write(to: URL(filePath: path))
        let broken = try await glovebox("audit", "verify")
        #expect(broken.status == .status(1))
        #expect(broken.text.hasPrefix("audit-000000000001.jsonl, line 2: "), "\(broken.text)")
        #expect(try await referenceVerification() != .status(0))
        let copy = try await glovebox(
            "audit", "verify", path,
            variables: ["GLOVEBOX_AUDIT_LOG_KEY": String(repeating: "0a", count: 32)])
        #expect(copy.status == .status(1) && copy.text.contains("No line was sealed"))
    }

    @Test("a service does not go on with a log of another key")
    func otherKey() async throws {
        try await OperatedService.during { _ in }
        let refused = try await glovebox(
            "serve", "--dev", "--listen", "127.0.0.1:0", "--sandbox",
            try InWorkspace.workspace.program(.sandbox),
            variables: ["GLOVEBOX_AUDIT_LOG_KEY": String(repeating: "0a", count: 32)])
        #expect(refused.status == .status(1))
        #expect(refused.errors.contains("sealed with another key"), "\(refused.errors)")
    }

    @Test("forgetting removes what belongs to an input and nothing else, and says so in the log")
    func forget() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "quarantine:\n  size: 1MiB\n",
            variables: ["GLOVEBOX_QUARANTINE_KEY": CrashesCommandTests.key])
        let other = SampleFormat.png.file + Array("GLOVEBOX-ACT:01-execve\n".utf8)
        var hashes: [String] = []
        try await OperatedService.during(start) { operated in
            let log = CrashLogFile(of: operated.service)
            for image in [Self.deadly, other] {
                let answer = try await operated.service.http.post(Self.target, body: image)
                let id = try #require(answer.header("X-Request-ID"))
                let record = try await log.record(of: id)
                hashes.append(try #require(record["input"]["sha256"].text))
            }
            try await eventually("both inputs are in quarantine") {
                try await operated.get("/cmd/crashes/quarantine").json["inputs"].elements
                    .count == 2
            }
            let trial = try await glovebox(
                "forget", "--input-hash", hashes[0], "--dry-run", "--json")
            #expect(JSON(parsing: trial.output)?["crashes"].integer == 1, "\(trial.errors)")
            #expect(try log.lines().count == 2)
            let done = try await glovebox("forget", "--input-hash", hashes[0], "--json")
            let result = try #require(JSON(parsing: done.output), "\(done.errors)")
            #expect(result["crashes"].integer == 1 && result["inputs"].integer == 1)
            #expect(try log.lines().map { $0["input"]["sha256"].text } == [hashes[1]])
        }
        // The same without the service, as root or the account that it ran as.
        let gone = "k-abcdefghijkm"
        let none = try await glovebox("forget", "--key", gone, "--json")
        #expect(JSON(parsing: none.output)?["crashes"].integer == 0, "\(none.errors)")
        for (option, value) in [("--key", "nobody"), ("--source", "not a url")] {
            #expect(try await glovebox("forget", option, value).status == .status(1))
        }
        let done = try await glovebox("forget", "--input-hash", hashes[1], "--json")
        #expect(JSON(parsing: done.output)?["inputs"].integer == 1, "\(done.errors)")
        let told = try await lines("--action", "data")
        #expect(
            told.map { $0["subject"].text } == [
                "input:\(hashes[0])", "key:\(gone)", "input:\(hashes[1])",
            ])
        #expect(
            told.map { $0["actor"].text } == [
                "operator", "account:\(getuid())", "account:\(getuid())",
            ])
        let verified = try await glovebox("audit", "verify")
        #expect(verified.status == .status(0), "\(verified.text)")
        for name in ["audit", "audit.secret", "audit/head.json", "crashes/crashes.jsonl"] {
            func owner(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
            }
            #expect(try owner("\(try state)/\(name)") == owner(try state), "\(name)")
        }
    }
}
