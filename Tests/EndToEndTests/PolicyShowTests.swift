import Foundation
import TestSupport
import Testing

@Suite("Showing a policy file", .ownProcess, InWorkspace())
struct PolicyShowTests {
    private static func show(_ arguments: String...) async throws -> CommandLine {
        let workspace = try InWorkspace.workspace
        let file = "\(try workspace.policies())/raster.yaml"
        return try await CommandLine.run(
            ["policy", "show", file] + arguments, in: workspace)
    }

    @Test("the summary names formats, limits, hashes, and calls by what they come to")
    func summary() async throws {
        let done = try await Self.show()
        #expect(done.status == .status(0), "\(done.errors)")
        let text = done.text
        #expect(text.contains("jpeg, png, webp, gif, tiff, avif"))
        #expect(text.contains("threads 16"))
        #expect(text.contains("x86_64") && text.contains("aarch64"))
        #expect(text.contains(#/allow .*mmap\*.*munmap/#))
        #expect(text.contains(#/errno EACCES +.*open/#))
    }

    @Test("JSON has the allowed names, and a program that its hash and length fit")
    func json() async throws {
        let done = try await Self.show("--json")
        #expect(done.status == .status(0), "\(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        let allowed = report["allowed"].elements.compactMap(\.text)
        #expect((20...28).contains(allowed.count))
        #expect(allowed.contains("mmap") && !allowed.contains("openat"))
        let programs = report["programs"].elements
        #expect(programs.map { $0["architecture"].text } == ["x86_64", "aarch64"])
        for program in programs {
            let digits = try #require(program["bytes"].text).utf8.count
            #expect(digits == (program["instructions"].integer ?? 0) * 16)
            #expect(program["sha256"].text?.utf8.count == 64)
        }
        // sha256sum(1) of the file.
        let file = try Data(contentsOf: URL(filePath: report["path"].text ?? ""))
        let folder = try InWorkspace.workspace
        let copy = try folder.write(Array(file), to: "copy.yaml")
        let sum = try RunningProgram("/usr/bin/sha256sum", [copy])
        let printed = String(decoding: await sum.allOutput, as: UTF8.self)
        #expect(printed.hasPrefix(report["sha256"].text ?? "-"))
    }

    @Test("the disassembly begins with the architecture and resolves jumps and names")
    func disassembly() async throws {
        for (architecture, value) in [("x86_64", "0xc000003e"), ("aarch64", "0xc00000b7")] {
            let done = try await Self.show("--bpf", "--arch", architecture)
            #expect(done.status == .status(0), "\(done.errors)")
            let lines = done.text.split(separator: "\n")
            #expect(lines[1].contains("0000: 0x20 0x00 0x00 0x00000004  A = architecture"))
            #expect(lines[2].contains(value) && lines[2].hasSuffix("; \(architecture)"))
            #expect(lines.contains { $0.hasSuffix("; mremap") })
            #expect(lines.last?.contains("return ") == true)
        }
    }

    @Test("the pseudo code is libseccomp's")
    func pseudoCode() async throws {
        let done = try await Self.show("--pfc", "--arch", "aarch64")
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text.contains("# pseudo filter code start"))
        #expect(done.text.contains("# ahead of the program") || done.text.contains("mremap"))
    }

    @Test("an architecture that there is none of, and a file that is none, are refused")
    func refused() async throws {
        let usage = try await Self.show("--arch", "riscv64")
        #expect(usage.status == .status(2))
        #expect(usage.errors.contains("x86_64 or aarch64"))
        let workspace = try InWorkspace.workspace
        let folder = try await CommandLine.run(
            ["policy", "show", workspace.folder.path], in: workspace)
        #expect(folder.status == .status(1))
        #expect(folder.errors.contains(":1:1: the file cannot be read"))
    }
}
