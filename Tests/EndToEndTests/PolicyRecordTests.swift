import Foundation
import TestSupport
import Testing

/// What a service says about its policies and its reloads, held against sha256sum(1) and
/// `glovebox policy show`.
@Suite("What is told of policies and reloads", .ownProcess, InWorkspace())
struct PolicyRecordTests {
    private static let png = SampleFormat.png.file
    private static let pictures = "x-glovebox:\n  base: raster.yaml\n  formats: [bmp]\n"

    /// By sha256sum(1).
    private func sha256(_ path: String) async throws -> String {
        let sum = try RunningProgram("/usr/bin/sha256sum", [path])
        return String(String(decoding: await sum.allOutput, as: UTF8.self).prefix(64))
    }

    /// The hash of the program that `policy show` has for this machine, which must be that of the
    /// bytes it shows.
    private func program(_ path: String) async throws -> String {
        let workspace = try InWorkspace.workspace
        let shown = try await CommandLine.run(["policy", "show", path, "--json"], in: workspace)
        let name = "\(try await machine())"
        let program = try #require(
            JSON(parsing: shown.output)?["programs"].elements
                .first { $0["architecture"].text == name })
        let digits = try #require(program["bytes"].text)
        let bytes = stride(from: 0, to: digits.utf8.count, by: 2).compactMap { start in
            UInt8(digits.dropFirst(start).prefix(2), radix: 16)
        }
        let hash = try await sha256(workspace.write(bytes, to: "program"))
        #expect(program["sha256"].text == hash)
        return hash
    }

    private func machine() async throws -> String {
        let uname = try RunningProgram("/usr/bin/uname", ["-m"])
        return String(decoding: await uname.allOutput, as: UTF8.self).filter { !$0.isNewline }
    }

    @Test("hashes of file, base and program are the same in status, posture, metrics and records")
    func hashes() async throws {
        var start = OperatedService.Start()
        start.policies = [
            OperatedService.policy: withoutInput(ofLength: Self.png.count),
            "pictures.yaml": { _ in Self.pictures },
        ]
        try await OperatedService.during(start) { operated in
            let raster = try await sha256(operated.path())
            let own = try await sha256(operated.path("pictures.yaml"))
            let programs = (
                raster: try await program(operated.path()),
                pictures: try await program(operated.path("pictures.yaml"))
            )
            let expected = [
                "pictures": [own, raster, programs.pictures],
                "raster": [raster, "", programs.raster],
            ]
            for path in ["/cmd/status", "/cmd/posture"] {
                let policies = try await operated.get(path).json["policies"].elements
                #expect(policies.count == 2)
                for policy in policies {
                    #expect(
                        ["sha256", "base_sha256", "program_sha256"].map { policy[$0].text ?? "" }
                            == expected[policy["policy"].text ?? ""], "\(path) \(policy)")
                }
            }
            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            for (name, hashes) in expected {
                let info = samples.first {
                    $0["name"].text == "glovebox_policy_info" && $0["labels"]["policy"].text == name
                }
                let labels = try #require(info)["labels"]
                #expect(
                    ["sha256", "base_sha256", "program_sha256"].map { labels[$0].text } == hashes)
            }
            let denied = try await operated.service.http.post(
                "/v1/process?w=8&f=png", body: Self.png)
            expect(denied, isProblem: "could-not-process", 422)
            let id = try #require(denied.header("X-Request-ID"))
            let line = try await operated.service.logLine("child ended", request: id)
            #expect(line["policy"].text == "raster" && line["posture"].text == "strict")
            #expect(line["policy_sha256"].text == raster)
            #expect(line["program_sha256"].text == programs.raster)
            #expect(line["policy_base_sha256"] == .null)

            // A canary's child is recorded too, under the policy that was tried.
            _ = try operated.writePolicy(
                "pictures.yaml",
                marked: Self.pictures + "linux: {seccomp: {syscalls: [{names: [clone], "
                    + "action: SCMP_ACT_NOTIFY, comment: no}]}}\n")
            _ = try await operated.refusedReload()
            let tried = try await sha256(operated.path("pictures.yaml"))
            let canary = try await operated.service.logLine("child ended", request: "canary")
            #expect(canary["policy"].text == "pictures", "\(canary)")
            #expect(canary["policy_sha256"].text == tried)
            #expect(canary["policy_base_sha256"].text == raster)
            #expect(
                canary["program_sha256"].text == (try await program(operated.path("pictures.yaml")))
            )
        }
    }

    @Test(
        "a generation that drains after a reload keeps the hashes of its policy, as its records do")
    func draining() async throws {
        var start = OperatedService.Start()
        start.policies = [OperatedService.policy: withoutInput(ofLength: Self.png.count)]
        try await OperatedService.during(start) { operated in
            let old = [try await sha256(operated.path()), try await program(operated.path())]
            let names = ["policy_sha256", "program_sha256"]
            let answer = try await operated.withJobInFlight {
                // As many rules, and one is another: the program is another one too.
                try operated.setPolicy()
                #expect(try await operated.reload() == ["policy raster"])
                let new = [try await sha256(operated.path()), try await program(operated.path())]
                #expect(Set(old).isDisjoint(with: new))
                let generations = try await operated.policy()["generations"].elements
                for generation in generations {
                    let isOld = generation["role"].text == "draining"
                    #expect(names.map { generation[$0].text } == (isOld ? old : new))
                }
                #expect(generations.count { $0["role"].text == "draining" } == 1)
            }
            expect(answer, isProblem: "could-not-process", 422)
            let id = try #require(answer.header("X-Request-ID"))
            let line = try await operated.service.logLine("child ended", request: id)
            #expect(names.map { line[$0].text } == old, "\(line)")
        }
    }

    @Test("what reloads came to is in metrics, in status and on its screen; canaries are no jobs")
    func reloads() async throws {
        try await OperatedService.during { operated in
            func samples() async throws -> [JSON] {
                try await prometheusSamples(try await operated.get("/metrics").body)
            }
            func value(_ name: String, _ samples: [JSON]) -> Int? {
                samples.first { $0["name"].text == "glovebox_last_reload_\(name)" }?["value"]
                    .integer
            }
            func children(_ samples: [JSON]) -> [String: Int] {
                var ended = counts(samples, of: "glovebox_children_ended_total", by: ["class"])
                // One for each warm child of a generation that ended.
                ended["dismissed"] = nil
                return ended
            }
            let start = try await samples()
            #expect(value("successful", start) == 1)
            let none = start.filter { $0["name"].text == "glovebox_reloads_total" }
            #expect(none.map { $0["value"].integer } == [0, 0])
            #expect(try await operated.get("/cmd/status").json["last_reload"] == .null)
            let before = try await samples()

            try operated.setPolicy(OperatedService.policy, withoutInput)
            let reasons = try await operated.refusedReload()
            #expect(reasons.count == 6, "\(reasons)")
            var after = try await samples()
            #expect(
                counts(after, of: "glovebox_reloads_total", by: ["outcome"]) == ["refused": 1])
            #expect(value("successful", after) == 0)
            let report = try await operated.get("/cmd/status").json["last_reload"]
            #expect(report["outcome"].text == "refused" && report["at"].text != nil)
            #expect(report["reasons"].elements.map(\.text) == reasons)
            let state = operated.service.workspace.scratch.appending(path: "state").path
            let screen = try await CommandLine.run(
                ["status", "--state", state], in: operated.service.workspace)
            #expect(screen.text.contains("was refused"), "\(screen.text)")
            #expect(screen.text.contains("(and 5 more: see --json)"), "\(screen.text)")

            let json = try await operated.reloadCommand("--json")
            #expect(json.status == .status(1) && json.errors.isEmpty)
            #expect(JSON(parsing: json.output)?["outcome"].text == "refused")
            #expect(JSON(parsing: json.output)?["reasons"].elements.count == 6)

            try operated.setPolicy(OperatedService.policy, covering("png, jpeg"))
            let done = try await operated.reloadCommand()
            #expect(done.status == .status(0) && done.text == "changed: policy raster\n")
            after = try await samples()
            #expect(
                counts(after, of: "glovebox_reloads_total", by: ["outcome"])
                    == ["refused": 2, "applied": 1])
            #expect(value("successful", after) == 1)
            let jobs = { counts($0, of: "glovebox_jobs_total", by: ["policy", "outcome"]) }
            // The two reports have asked for the health, each with a job, at most.
            let more =
                (jobs(after)["raster completed"] ?? 0) - (jobs(before)["raster completed"] ?? 0)
            #expect((0...2).contains(more))
            #expect(children(after)["violation"] == nil, "\(children(after))")
            let applied = try await operated.get("/cmd/status").json["last_reload"]
            #expect(applied["outcome"].text == "applied" && applied["reasons"].elements.isEmpty)
        }
    }

    @Test("without a service, and at one that is no service, the command says so")
    func nobody() async throws {
        let workspace = try InWorkspace.workspace
        let none = try await CommandLine.run(
            ["policy", "reload", "--state", workspace.scratch.path], in: workspace)
        #expect(none.status == .status(1) && none.errors.contains("No service is running"))
        let wrong = try await CommandLine.run(
            ["policy", "reload", "--admin", "https://a"], in: workspace)
        #expect(wrong.status == .status(2))
    }
}
