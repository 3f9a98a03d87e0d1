import Glibc
import TestSupport
import Testing

@Suite("A stop loses no request", .ownProcess)
struct DrainTests {
    private func request(_ id: String) -> [UInt8] {
        let image = SampleFormat.jpeg.file
        let head = """
            POST /v1/process?w=16&f=png HTTP/1.1\r
            Host: localhost\r
            X-Request-ID: \(id)\r
            Content-Length: \(image.count)\r
            \r

            """
        return Array(head.utf8) + image
    }

    @Test("what was sent on an open connection before SIGTERM is answered whole, and then it ends")
    func inFlight() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let service = try await Service.start(as: .ordinaryUser, in: workspace)
        let connections = try (0..<16).map { _ in try RawConnection(port: service.port) }
        // An answer to a first request proves that the service has accepted the connection.
        for (number, connection) in connections.enumerated() {
            connection.send(request("first-\(number)"))
            _ = try await service.logLine("request", request: "first-\(number)")
        }
        for (number, connection) in connections.enumerated() {
            connection.send(request("second-\(number)"))
        }
        service.program.signal(SIGTERM)
        for (number, connection) in connections.enumerated() {
            let answers = try await within(.seconds(60), "the answers") {
                await connection.readToEnd()
            }
            #expect(wholeAnswers(in: answers) == 2, "connection \(number)")
            let line = try await service.logLine("request", request: "second-\(number)")
            #expect(line["status"].integer == 200)
        }
        #expect(
            try await within(.seconds(30), "the end") { await service.program.end } == .status(0))
    }

    /// How many answers with status 200 follow one another, each as long as it says; -1 when
    /// something is left over.
    private func wholeAnswers(in bytes: [UInt8]) -> Int {
        var rest = bytes[...]
        var count = 0
        while !rest.isEmpty {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return -1 }
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self).lowercased()
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                .flatMap { Int($0.dropFirst(16)) }
            guard head.hasPrefix("http/1.1 200 "), let length,
                rest[end.upperBound...].count >= length
            else { return -1 }
            rest = rest[end.upperBound...].dropFirst(length)
            count += 1
        }
        return count
    }
}
