import TestSupport
import Testing

/// A real curl, which waits for `100 Continue` before it sends a body.
@Suite("A client that asks before it sends", .ownProcess, Served(["--max-input-bytes", "65536"]))
struct CurlTests {
    /// What curl -v reports, and what it received.
    private func curl(_ file: [UInt8]) async throws -> (report: String, body: [UInt8]) {
        let service = try Served.service
        let path = try service.workspace.write(file, to: "upload-\(file.count)")
        let program = try RunningProgram(
            "/usr/bin/curl",
            [
                // Far longer than any test: a client that is not answered would hang here.
                "--silent", "--verbose", "--expect100-timeout", "60", "--max-time", "50",
                "--header", "Expect: 100-continue", "--data-binary", "@\(path)",
                "http://127.0.0.1:\(service.port)/v1/process?w=16&f=png",
            ])
        let body = await program.allOutput
        #expect(await program.end == .status(0))
        await program.errors.finished()
        return (program.errors.lines.joined(separator: "\n"), body)
    }

    @Test("is told to go on when the length is fine")
    func goesOn() async throws {
        let (report, body) = try await curl(SampleFormat.jpeg.file)
        #expect(report.contains("< HTTP/1.1 100 Continue"))
        #expect(report.contains("< HTTP/1.1 200 OK"))
        #expect(SampleFormat.png.begins(body))
    }

    @Test("is refused before it sends a body that is too long")
    func refused() async throws {
        let (report, body) = try await curl([UInt8](repeating: 0x41, count: 65_537))
        #expect(!report.contains("100 Continue"))
        #expect(report.contains("< HTTP/1.1 413"))
        #expect(JSON(parsing: body)?["limit"].text == "input-bytes")
    }
}
