import Foundation
import TestSupport
import Testing

@Suite("The command line", .ownProcess, InWorkspace())
struct CommandTests {
    private func run(
        _ arguments: [String], policies: String? = nil, input: [UInt8] = []
    ) async throws -> CommandLine {
        try await CommandLine.run(
            arguments, in: InWorkspace.workspace, policies: policies, input: input)
    }

    @Test("process writes the same bytes as HTTP answers", arguments: SampleFormat.allCases)
    func sameBytes(_ format: SampleFormat) async throws {
        let workspace = try InWorkspace.workspace
        let source = try workspace.write(SampleFormat.png.file, to: "in.png")
        let target = workspace.folder.appending(path: "out.\(format.rawValue)")
        let done = try await run(
            ["process", source, "-o", target.path, "-O", "rs:fill:30:20", "-O", "q:80"])
        try #require(done.status == .status(0), "\(done.errors)")
        let file = try [UInt8](Data(contentsOf: target))
        #expect(format.begins(file))

        let service = try await Service.start(as: .ordinaryUser, in: workspace)
        let answer = try await service.http.post(
            "/v1/process?rs=fill:30:20&q=80&f=\(format.rawValue)", body: SampleFormat.png.file)
        #expect(answer.status == 200)
        #expect(answer.body == file)
        #expect(try await service.stop() == .status(0))
    }

    @Test("- is standard input and output")
    func standardStreams() async throws {
        let done = try await run(
            ["process", "-", "-o", "-", "-O", "w:16", "-O", "f:webp"],
            input: SampleFormat.jpeg.file)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(SampleFormat.webp.begins(done.output))
    }

    @Test("info prints the facts that HTTP answers")
    func info() async throws {
        let workspace = try InWorkspace.workspace
        let source = try workspace.write(SampleFormat.gif.file, to: "in.gif")
        let done = try await run(["info", source])
        #expect(done.status == .status(0), "\(done.errors)")
        let facts = try #require(JSON(parsing: done.output))
        #expect(facts["format"].text == "gif")
        #expect(facts["width"].integer == 64 && facts["height"].integer == 48)
        #expect(facts["bytes"].integer == SampleFormat.gif.file.count)
    }

    @Test("options are listed, for people and as GET /v1/options answers them")
    func options() async throws {
        let some = try await run(["options", "rs", "blur"])
        #expect(some.status == .status(0) && some.text.contains("rs:fill:300:200"))
        #expect(!some.text.contains("watermark"))
        let listed = try await run(["options", "--json"])
        #expect(listed.status == .status(0))
        let service = try await Service.start(as: .ordinaryUser, in: InWorkspace.workspace)
        let answer = try await service.http.get("/v1/options")
        let isSame = answer.body == listed.output
        #expect(isSame)
        #expect(try await service.stop() == .status(0))
    }

    @Test("what cannot be decoded is refused with 1, and leaves no file")
    func refused() async throws {
        let workspace = try InWorkspace.workspace
        let source = try workspace.write(Array(SampleFormat.png.file.prefix(60)), to: "in.png")
        let target = workspace.folder.appending(path: "out.png")
        let done = try await run(["process", source, "-o", target.path])
        #expect(done.status == .status(1))
        #expect(done.errors.hasPrefix("glovebox: ") || done.errors.contains("\nglovebox: "))
        #expect(!FileManager.default.fileExists(atPath: target.path))
    }

    @Test("a file that is not there is refused with 1, by its name")
    func missing() async throws {
        let done = try await run(["info", "/nonexistent/image.png"])
        #expect(done.status == .status(1))
        #expect(done.errors.contains("/nonexistent/image.png"))
    }

    @Test(
        "a command line that cannot be used ends with 2",
        arguments: [
            ["process"], ["process", "-", "-o", "a.heic"], ["frobnicate"],
            ["process", "-", "-o", "a.png", "-O", "w:wide"],
            ["process", "-", "-o", "a.png", "-O", "nonsense:1"], ["info", "--unknown", "-"],
            ["process", "-", "-o", "a.png", "-O", "fn:cat"], ["options", "widht"],
            ["process", "-", "-o", "a.png", "-O", "wm:0.5"],
            ["serve", "--dev", "--listen", "0.0.0.0:0"],
            ["serve", "--dev", "--listen", "nowhere"], ["info", "-", "--timeout", "soon"],
        ] as [[String]])
    func usage(_ arguments: [String]) async throws {
        let done = try await run(arguments)
        #expect(done.status == .status(2), "\(done.errors) \(done.text)")
        #expect(!done.errors.isEmpty)
    }

    @Test("a command that processes one image starts the sandbox of its policy alone")
    func onePolicy() async throws {
        let workspace = try InWorkspace.workspace
        let policies = try workspace.policies {
            try $0.mustReplace("[jpeg, png, webp,", with: "[jpeg, webp,")
        }
        let other = try workspace.policies {
            try $0.mustReplace(/formats: \[.*\]/, with: "formats: [png]")
        }
        try FileManager.default.moveItem(
            atPath: "\(other)/raster.yaml", toPath: "\(policies)/drawings.yaml")
        for (format, policy) in [(SampleFormat.png, "drawings"), (.gif, "raster")] {
            let done = try await run(
                ["info", "-", "--log-level", "info"], policies: policies, input: format.file)
            #expect(done.status == .status(0), "\(done.errors)")
            let ready = done.errors.split(separator: "\n").filter { $0.contains("zygote ready") }
            #expect(ready.count == 1 && ready[0].contains("\"\(policy)\""), "\(done.errors)")
        }
    }

    @Test("an image that no policy covers is refused with 1, before a sandbox is started")
    func uncovered() async throws {
        let policies = try InWorkspace.workspace.policies {
            try $0.mustReplace(/formats: \[.*\]/, with: "formats: [jpeg]")
        }
        let done = try await run(
            ["info", "-", "--log-level", "info"], policies: policies, input: SampleFormat.png.file)
        #expect(done.status == .status(1))
        #expect(done.errors.hasPrefix("glovebox: ") && !done.errors.contains("zygote"))
    }

    @Test(
        "config check refuses what a start would refuse",
        arguments: [
            (["--images", "/nonexistent"], 1 as Int32, "--images: "),
            (["--max-pixels", "999999999999"], 2, "--max-pixels: "),
            (["--sandbox", "/nonexistent"], 1, "glovebox-sandbox"),
        ])
    func configurationCheck(_ options: [String], _ status: Int32, _ names: String) async throws {
        let done = try await run(["config", "check", "--config", "off", "--dev"] + options)
        #expect(done.status == .status(status), "\(done.errors)")
        #expect(done.errors.contains(names) && done.text.isEmpty)
    }

    @Test("the help of every command fits 80 columns")
    func help() async throws {
        let commands: [[String]] = [
            [], ["serve"], ["status"], ["health"], ["process"], ["info"], ["doctor"], ["config"],
            ["config", "check"], ["config", "show"], ["policy", "suggest"], ["options"],
            ["options", "list"],
        ]
        for command in commands {
            let done = try await run(command + ["--help"])
            #expect(done.status == .status(0))
            for line in done.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
    }

    @Test("--version and --help end with 0")
    func version() async throws {
        let version = try await run(["--version"])
        #expect(version.status == .status(0))
        #expect(version.text.hasPrefix("glovebox "))
        let help = try await run(["--help"])
        #expect(help.status == .status(0))
        #expect(help.text.contains("process"))
    }

    @Test("doctor names every layer, and all that are required are in force")
    func doctor() async throws {
        let done = try await run(["doctor", "--json"])
        #expect(done.status == .status(0), "\(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        #expect(report["libvips"].text?.hasPrefix("8.") == true)
        let layers = report["layers"].elements
        for layer in layers {
            let state = try #require(layer["state"].text)
            #expect(["enforced", "unsupported", "disabled"].contains(state))
            #expect(layer["reason"].text?.isEmpty == false)
            if layer["required"] == .bool(true) { #expect(state == "enforced", "\(layer)") }
            if state != "enforced" { #expect(layer["remedy"].text?.isEmpty == false) }
        }
        let names = Set(layers.compactMap { $0["layer"].text })
        #expect(
            names.isSuperset(of: [
                "user-namespace", "pid-namespace", "network-namespace", "mount-namespace",
                "empty-root", "resource-limits", "no-new-privileges", "seccomp", "landlock",
            ]))
        let people = try await run(["doctor"])
        #expect(people.status == .status(0))
        #expect(people.text.contains("seccomp filter"))
    }

    @Test("a layer that is required and lacking ends the start with 3, by its name")
    func postureNotMet() async throws {
        let report = try await run(["doctor", "--json"])
        let lacking = JSON(parsing: report.output)?["layers"].elements.first {
            // A policy may not ask for control groups, which nobody joins.
            $0["state"].text != "enforced" && $0["layer"].text != "cgroup"
        }
        // On a machine that has every layer there is nothing to lack.
        guard let name = lacking?["layer"].text, let title = lacking?["title"].text else { return }
        let policies = try InWorkspace.workspace.policies {
            try $0.mustReplace("      - seccomp\n", with: "      - seccomp\n      - \(name)\n")
        }
        for arguments in [["serve", "--dev", "--listen", "127.0.0.1:0"], ["doctor"]] {
            let done = try await run(arguments, policies: policies)
            #expect(done.status == .status(3), "\(done.errors)")
            let said = done.errors.lowercased()
            #expect(said.contains(name) || said.contains(title.lowercased()))
        }
    }

    @Test("a policy that cannot be honoured stops the start, with file and line")
    func brokenPolicy() async throws {
        let policies = try InWorkspace.workspace.policies {
            try $0.mustReplace("names: [brk, munmap]", with: "names: [brk, no_such_call_at_all]")
                .mustReplace(
                    "defaultAction: SCMP_ACT_NOTIFY", with: "defaultAction: SCMP_ACT_WHAT")
        }
        let done = try await run(["info", "-"], policies: policies, input: SampleFormat.png.file)
        #expect(done.status == .status(1))
        #expect(done.errors.contains("raster.yaml:"))
    }
}
