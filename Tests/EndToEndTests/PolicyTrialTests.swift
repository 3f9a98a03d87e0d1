import Foundation
import TestSupport
import Testing

@Suite("Trying a policy with images", .ownProcess, InWorkspace())
struct PolicyTrialTests {
    private static func test(
        _ policy: String, _ arguments: String..., sandbox: Workspace.Program? = nil
    ) async throws -> CommandLine {
        let workspace = try InWorkspace.workspace
        let options = try sandbox.map { ["--sandbox", try workspace.program($0)] } ?? []
        return try await CommandLine.run(
            ["policy", "test", policy] + arguments + options, in: workspace)
    }

    /// The line that a text first stands in, counted from 1.
    private static func line(of text: String, in path: String) throws -> Int {
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.contains(text) }) + 1
    }

    @Test(
        "the shipped policies pass with an image of each of their formats",
        arguments: ["raster", "extended", "document"])
    func shipped(_ name: String) async throws {
        let folder = try InWorkspace.workspace.policies(nil)
        let done = try await Self.test("\(folder)/\(name).yaml", "--json")
        #expect(done.status == .status(0), "\(done.text) \(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        let formats = ["raster": 6, "extended": 5, "document": 2]
        #expect(report["images"].integer == formats[name], "\(done.text)")
        #expect(report["failures"].elements.isEmpty)
    }

    @Test("an image that fails is named with its stage, its call, and the line that decided")
    func violation() async throws {
        let workspace = try InWorkspace.workspace
        let policy = "\(try workspace.policies(["raster"], withoutInput))/raster.yaml"
        let done = try await Self.test(policy)
        #expect(done.status == .status(1), "\(done.errors)")
        let line = try Self.line(of: "defaultAction:", in: policy)
        let row = try #require(done.text.split(separator: "\n").first { $0.contains("facts") })
        #expect(row.contains("violation") && row.contains("mmap("), "\(row)")
        #expect(row.contains("PROT_READ, MAP_PRIVATE, 3"), "\(row)")
        #expect(row.hasSuffix("raster.yaml:\(line)"), "\(row)")
        #expect(done.text.contains("6 of the images failed."))

        let json = try await Self.test(policy, "--json")
        let report = try #require(JSON(parsing: json.output))
        let failures = report["failures"].elements
        #expect(failures.count == report["jobs"].integer && failures.count >= 48)
        for failure in failures {
            #expect(failure["class"].text == "violation" && failure["syscall"].text == "mmap")
            #expect(failure["line"].integer == line && failure["arguments"].elements.count == 6)
        }
    }

    @Test("a policy is tried by what it denies, whichever posture is set")
    func underAudit() async throws {
        let workspace = try InWorkspace.workspace
        let policy = "\(try workspace.policies(["raster"], withoutInput))/raster.yaml"
        let done = try await CommandLine.run(
            ["policy", "test", policy], in: workspace, variables: ["GLOVEBOX_POSTURE": "audit"])
        #expect(done.status == .status(1) && done.text.contains("violation"), "\(done.text)")
    }

    @Test("only what needs a call fails without it, and the rest comes through")
    func partly() async throws {
        let workspace = try InWorkspace.workspace
        let png = SampleFormat.png.file
        let policies = try workspace.policies(["raster"], withoutInput(ofLength: png.count))
        try workspace.write(png, to: "corpus/one.png")
        try workspace.write(SampleFormat.jpeg.file, to: "corpus/other.jpg")
        let done = try await Self.test(
            "\(policies)/raster.yaml", "--json", "--corpus",
            workspace.folder.appending(path: "corpus").path)
        #expect(done.status == .status(1), "\(done.text) \(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        let failures = report["failures"].elements
        #expect(2 * failures.count == report["jobs"].integer && failures.count >= 8)
        for failure in failures {
            #expect(failure["image"].text == "one.png" && failure["syscall"].text == "mmap")
        }
    }

    @Test("a crash, a corrupt file and a stranger in the corpus are told apart")
    func others() async throws {
        let workspace = try InWorkspace.workspace
        let png = SampleFormat.png.file
        try workspace.write(png + Array("GLOVEBOX-ACT:crash-null\n".utf8), to: "corpus/crash.png")
        try workspace.write(Array(png.prefix(90)), to: "corpus/cut.png")
        try workspace.write(png, to: "corpus/good.png")
        try workspace.write(try SampleFile.bytes("rgb24.bmp"), to: "corpus/other.bmp")
        try workspace.write([], to: "corpus/nothing.png")
        try FileManager.default.createSymbolicLink(
            atPath: workspace.folder.appending(path: "corpus/link.png").path,
            withDestinationPath: "/etc/passwd")
        let done = try await Self.test(
            "\(try workspace.policies())/raster.yaml", "--json", "--corpus",
            workspace.folder.appending(path: "corpus").path, sandbox: .hostileSandbox)
        #expect(done.status == .status(1), "\(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        #expect(report["images"].integer == 3)
        let classes = Set(
            report["failures"].elements.map {
                "\($0["image"].text ?? "") \($0["class"].text ?? "")"
            })
        #expect(classes == ["crash.png crash", "cut.png refused"])
        let skipped = Set(report["skipped"].elements.compactMap { $0["file"].text })
        #expect(skipped == ["nothing.png", "other.bmp"])
    }

    @Test("a policy that cannot be served is refused before a child is started")
    func unservable() async throws {
        let workspace = try InWorkspace.workspace
        let policies = try workspace.policies(["raster"]) {
            try $0.mustReplace("SCMP_ACT_NOTIFY", with: "SCMP_ACT_ALLOW")
        }
        let done = try await Self.test("\(policies)/raster.yaml")
        #expect(done.status == .status(1))
        #expect(done.errors.contains("raster.yaml:"), "\(done.errors)")
        let missing = try await Self.test("\(policies)/none.yaml")
        #expect(missing.status == .status(1) && missing.errors.contains("none.yaml"))
        let unready = try workspace.policies(["raster"], unloadable("png"))
        let started = try await Self.test("\(unready)/raster.yaml")
        #expect(started.status == .status(1))
        #expect(started.errors.contains("violation, close"), "\(started.errors)")
    }
}
