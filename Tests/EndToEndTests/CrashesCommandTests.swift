import Crypto
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("glovebox crashes", .ownProcess, InWorkspace())
struct CrashesCommandTests {
    private static let target = "/v1/process?rs=force:8:8&f=png"
    private static let crash = SampleFormat.png.file + Array("GLOVEBOX-ACT:crash-null\n".utf8)
    private static let violation = SampleFormat.png.file + Array("GLOVEBOX-ACT:01-execve\n".utf8)
    static let key = "7c887a470d63f2a6833fe934cda2166f85f3e74103434ec25555d7793801b14b"

    private static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    private var state: String {
        get throws { try InWorkspace.workspace.scratch.appending(path: "state").path }
    }

    private func crashes(_ arguments: String...) async throws -> CommandLine {
        try await CommandLine.run(
            ["crashes"] + arguments, in: try InWorkspace.workspace,
            variables: ["GLOVEBOX_QUARANTINE_KEY": Self.key])
    }

    private func records(_ options: [String] = []) async throws -> [JSON] {
        let list = try await CommandLine.run(
            ["crashes", "list", "--json"] + options, in: try InWorkspace.workspace,
            variables: ["GLOVEBOX_ADMIN_KEY": OperatedService.key])
        #expect(list.status == .status(0), "\(list.errors)")
        return list.text.split(separator: "\n").compactMap { JSON(parsing: Array($0.utf8)) }
    }

    /// A service whose children two inputs have killed, each by its request.
    private func during(
        _ work: (OperatedService, _ crash: String, _ violation: String) async throws -> Void
    ) async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "quarantine:\n  size: 1MiB\n",
            variables: ["GLOVEBOX_QUARANTINE_KEY": Self.key])
        try await OperatedService.during(start) { operated in
            var ids: [String] = []
            for image in [Self.crash, Self.violation] {
                let answer = try await operated.service.http.post(Self.target, body: image)
                expect(answer, isProblem: "could-not-process", 422)
                ids.append(try #require(answer.header("X-Request-ID")))
                try await eventually("there is a record") {
                    try await records().count == ids.count
                }
            }
            try await work(operated, ids[0], ids[1])
        }
    }

    @Test(
        "list, show and stats say the same of a running service, by its files and by its listener")
    func running() async throws {
        try await during { operated, crash, violation in
            let records = try await records()
            #expect(records.map { $0["class"].text } == ["crash", "violation"])
            #expect(records.map { $0["request"]["id"].text } == [crash, violation])
            let url = "http://127.0.0.1:\(operated.adminPort)"
            #expect(try await self.records(["--admin", url]) == records)
            let chosen = try await self.records(
                ["--admin", url, "--class", "violation", "--since", "1h", "--format", "png"])
            #expect(chosen == [records[1]])
            #expect(try await self.records(["--policy", "other"]) == [])

            let id = try #require(records[1]["id"].text)
            let page = try await crashes("show", String(id.prefix(17)))
            #expect(page.status == .status(0), "\(page.errors)")
            for part in [id, violation, "execve", "policy suggest", "replay \(id)"] {
                #expect(page.text.contains(part), "no \(part) in \(page.text)")
            }
            #expect(page.text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a })
            #expect(try await crashes("show", "--request", crash).text.contains("SIGSEGV"))
            let newest = try await crashes("show", "--json")
            #expect(JSON(parsing: newest.output) == records[1])
            #expect(try await operated.get("/cmd/crashes/\(id)").json == records[1])
            let list = try await operated.get("/cmd/crashes?class=crash")
            #expect(list.json["crashes"].elements == [records[0]])
            let wrong = try await operated.get("/cmd/crashes?clas=crash")
            expect(wrong, isProblem: "invalid-option", 400)
            expect(try await operated.get("/cmd/crashes/0123"), isProblem: "not-found", 404)

            let stats = try await crashes("stats", "--json")
            let numbers = try #require(JSON(parsing: stats.output))
            #expect(numbers["count"].integer == 2 && numbers["signatures"].elements.count == 2)
            let told = try await operated.get("/cmd/crashes/stats").json
            #expect(told["classes"].elements.count == 2 && told["count"].integer == 2)
            #expect(try await crashes("stats").text.contains("violation"))
        }
    }

    @Test("what a record says goes into policy suggest as it is")
    func suggest() async throws {
        try await during { operated, _, violation in
            let shown = try await crashes("show", "--request", violation, "--json")
            let suggestion = try await CommandLine.run(
                ["policy", "suggest", "-", "--policy", operated.path(), "--json"],
                in: try InWorkspace.workspace, input: shown.output)
            // Whoever runs programs is not to be let.
            #expect(suggestion.status == .status(1), "\(suggestion.errors)")
            let call = try #require(
                JSON(parsing: suggestion.output)?["policies"].elements.first?["calls"].elements
                    .first)
            #expect(call["name"].text == "execve" && call["verdict"].text == "refuse")
        }
    }

    @Test("a quarantined input is never plain on the disk, and dies the same way again")
    func replay() async throws {
        let workspace = try InWorkspace.workspace
        try await during { operated, crash, _ in
            let found = try await records(["--request", crash])
            let id = try #require(found.first?["id"].text)
            let file = "\(try state)/quarantine/\(Self.hash(Self.crash)).gbq"
            try await eventually("the input is stored") {
                FileManager.default.fileExists(atPath: file)
            }
            let stored = try Data(contentsOf: URL(filePath: file))
            #expect(stored.range(of: Data("GLOVEBOX-ACT".utf8)) == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: file)
            #expect(mode[.posixPermissions] as? Int == 0o600)
            let hostile = try workspace.program(.hostileSandbox)
            let same = try await crashes("replay", id, "--sandbox", hostile, "--json")
            #expect(same.status == .status(0), "\(same.errors)")
            #expect(JSON(parsing: same.output)?["same"] == .bool(true))
            // A sandbox that is not hostile decodes the image, and nobody dies.
            let other = try await crashes("replay", id, "--json")
            #expect(other.status == .status(1), "\(other.errors)")
            #expect(JSON(parsing: other.output)?["now"]["class"] == .null)
            let image = try workspace.write(Self.crash, to: "crash.png")
            let given = try await crashes("replay", id, "--sandbox", hostile, "--input", image)
            #expect(given.status == .status(0), "\(given.errors)")
            let foreign = try workspace.write(SampleFormat.png.file, to: "other.png")
            let refused = try await crashes("replay", id, "--input", foreign)
            #expect(refused.status == .status(1) && refused.errors.contains("another input"))

            var changed = stored
            changed[changed.count - 1] ^= 1
            try changed.write(to: URL(filePath: file))
            let tampered = try await crashes("replay", id, "--sandbox", hostile)
            #expect(tampered.status == .status(1) && tampered.errors.contains("was changed"))
            let keyless = try await CommandLine.run(["crashes", "replay", id], in: workspace)
            #expect(keyless.status == .status(1) && keyless.errors.contains("key is needed"))
        }
    }

    @Test("purge goes through the running service, and works on the files of a stopped one")
    func purge() async throws {
        try await during { operated, _, _ in
            let done = try await crashes("purge", "--input", Self.hash(Self.crash), "--json")
            #expect(done.status == .status(0), "\(done.errors)")
            let removed = JSON(parsing: done.output)
            #expect(removed?["crashes"].integer == 1 && removed?["inputs"].integer == 1)
            #expect(try await records().map { $0["class"].text } == ["violation"])
            // What comes now is written behind what was kept.
            let answer = try await operated.service.http.post(Self.target, body: Self.crash)
            expect(answer, isProblem: "could-not-process", 422)
            try await eventually("there is another record") { try await records().count == 2 }
        }
        #expect(try await records().count == 2)
        #expect(try await crashes("quarantine", "--json").text.split(separator: "\n").count == 2)
        let older = try await crashes("purge", "--older", "1h")
        #expect(older.status == .status(0) && older.text.hasPrefix("Removed 0 crashes"))
        let out = try InWorkspace.workspace.folder.appending(path: "out.jsonl").path
        let exported = try await crashes("export", "-o", out, "--class", "violation")
        #expect(exported.status == .status(0), "\(exported.errors)")
        #expect(try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").count == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: out)
        #expect(mode[.posixPermissions] as? Int == 0o600)
        #expect(try await crashes("export", "-o", out).status == .status(1))
        let all = try await crashes("purge", "--all")
        #expect(all.status == .status(0), "\(all.errors)")
        #expect(try await records().isEmpty)
        #expect(try await crashes("list").text == "No crash is recorded.\n")
        #expect(try await crashes("show").errors.contains("No crash is recorded."))
        #expect(try await crashes("quarantine").text == "No input is in quarantine.\n")
    }

    @Test("more than one answer holds is listed, counted and exported whole, by files and listener")
    func many() async throws {
        let workspace = try InWorkspace.workspace
        try await during { operated, _, _ in
            let log = try state + "/crashes/crashes.jsonl"
            let own = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            let id = try #require(JSON(parsing: Array(own[0].utf8))?["id"].text)
            let copies = (0..<1_200).map { number in
                own[0].replacingOccurrences(of: id, with: String(format: "%020x", number)) + "\n"
            }
            let file = try FileHandle(forWritingTo: URL(filePath: log))
            try file.seekToEnd()
            try file.write(contentsOf: Data(copies.joined().utf8))
            let all = own.map { $0 + "\n" }.joined() + copies.joined()
            let admin = ["--admin", "http://127.0.0.1:\(operated.adminPort)"]
            for way in [[], admin] {
                func run(_ arguments: String...) async throws -> CommandLine {
                    let done = try await CommandLine.run(
                        ["crashes"] + arguments + way, in: workspace,
                        variables: ["GLOVEBOX_ADMIN_KEY": OperatedService.key])
                    #expect(done.status == .status(0), "\(done.errors)")
                    return done
                }
                #expect(try await run("list", "--json").text == all)
                let newest = try await run("list", "--json", "--limit", "700")
                #expect(newest.text == copies.suffix(700).joined())
                #expect(try await run("tail", "-n", "1", "--json").text == copies[1_199])
                let stats = try await run("stats", "--json")
                #expect(JSON(parsing: stats.output)?["count"].integer == 1_202)
                let out = workspace.folder.appending(path: "out\(way.count).jsonl").path
                _ = try await run("export", "-o", out)
                #expect(try String(contentsOfFile: out, encoding: .utf8) == all)
            }
            let wrong = try await operated.get("/cmd/crashes/stats?limit=5")
            expect(wrong, isProblem: "invalid-option", 400)
        }
    }

    @Test("tail -f shows what comes, each once and nothing else, through a change of files")
    func tail() async throws {
        let workspace = try InWorkspace.workspace
        func line(_ number: Int) -> String {
            "{\"version\":1,\"id\":\"\(String(format: "%020x", number))\","
                + "\"time\":\"2027-01-01T00:00:0\(9 - number).000Z\",\"class\":\"crash\","
                + "\"signature\":\"\(String(repeating: "0", count: 16))\","
                + "\"policy\":{\"name\":\"raster\"},\"times\":{}}"
        }
        let name = "scratch/state/crashes/crashes.jsonl"
        try workspace.write(Array((line(1) + "\n" + line(2) + "\n").utf8), to: name)
        // Its output where lines are seen as they come.
        let program = try RunningProgram(
            "/bin/sh",
            [
                "-c", "exec \"$0\" crashes tail -n 1 -f --json 1>&2",
                try workspace.program(.glovebox),
            ],
            environment: try workspace.environment())
        defer { program.signal(SIGKILL) }
        try await eventually("the newest is shown") { program.errors.lines == [line(2)] }
        let path = workspace.folder.appending(path: name).path
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data((line(3) + "\n" + line(4) + "\n").utf8))
        try await eventually("what came is shown") { program.errors.lines.count >= 3 }
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try workspace.write(Array((line(5) + "\n").utf8), to: name)
        try await eventually("what came later is shown") { program.errors.lines.count >= 4 }
        #expect(program.errors.lines == (2...5).map(line))
    }

    @Test("what cannot be used is answered with a sentence, and exit code 2 for the command line")
    func mistakes() async throws {
        let nothing = try await crashes("list")
        #expect(nothing.status == .status(1) && nothing.errors.contains("no crash log"))
        try InWorkspace.workspace.write([], to: "scratch/state/crashes/crashes.jsonl")
        #expect(try await crashes("list").text == "No crash is recorded.\n")
        for arguments in [
            ["list", "--class", "crush"], ["list", "--since", "yesterday"], ["show", "zz"],
            ["list", "--limit", "0"], ["purge"], ["purge", "--all", "--older", "1d"],
            ["purge", "--input", "abc"], ["show", "1", "--request", "2"],
        ] {
            let done = try await CommandLine.run(
                ["crashes"] + arguments, in: try InWorkspace.workspace)
            #expect(done.status == .status(2), "\(arguments): \(done.errors)")
            #expect(!done.errors.isEmpty && done.output.isEmpty)
        }
        let unknown = try await crashes("show", "0123")
        #expect(unknown.status == .status(1) && unknown.errors.contains("0123"))
    }
}
