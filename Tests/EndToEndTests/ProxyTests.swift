import Foundation
import TestSupport
import Testing

@Suite("Clients behind a proxy", .ownProcess, InWorkspace())
struct ProxyTests {
    private func ask(_ operated: OperatedService, _ fields: [(String, String)]) async throws
        -> LogLine
    {
        let id = UUID().uuidString
        _ = try await operated.service.http.get(
            "/v1/images/none.png", headers: fields + [("X-Request-ID", id)])
        return try await operated.service.logLine("request", request: id)
    }

    @Test("are known by what a trusted proxy says, and by nobody else's word")
    func trusted() async throws {
        var start = OperatedService.Start()
        start.configuration = """
            proxies: {trusted: '127.0.0.1,10.0.0.0/8'}
            http: {connections_per_address: 2}

            """
        try await OperatedService.during(start) { operated in
            let spoofed = ("X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.0.0.9")
            let line = try await ask(operated, [spoofed, ("Forwarded", "for=2.2.2.2")])
            #expect(line["client"].text == "203.0.113.7" && line["peer"].text == "127.0.0.1")
            let none = try await ask(operated, [("Forwarded", "for=2.2.2.2")])
            #expect(none["client"].text == "127.0.0.1" && none["peer"] == .null)
            // Its connections are many clients'.
            let connections = try (0..<6).map { _ in
                try RawConnection(port: operated.service.port)
            }
            for connection in connections {
                connection.send(Array("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                guard case .bytes(let bytes) = connection.receive() else {
                    Issue.record("turned away")
                    continue
                }
                #expect(bytes.starts(with: Array("HTTP/1.1 200".utf8)))
            }
            try operated.configure(
                "proxies: {trusted: 127.0.0.1, field: forwarded}\n"
                    + "http: {connections_per_address: 2}\n")
            _ = try await operated.reload()
            let other = try await ask(operated, [spoofed, ("Forwarded", "for=203.0.113.8")])
            #expect(other["client"].text == "203.0.113.8")
        }
    }

    @Test("are nobody where no proxy is trusted, and the log says once what to set")
    func untrusted() async throws {
        try await OperatedService.during { operated in
            func warnings() -> Int {
                operated.service.program.errors.lines.count {
                    $0.contains("no proxy is trusted") && $0.contains("proxies.trusted")
                }
            }
            for _ in 0..<3 {
                let line = try await ask(operated, [("X-Forwarded-For", "203.0.113.7")])
                #expect(line["client"].text == "127.0.0.1")
            }
            #expect(warnings() == 1)
            _ = try await operated.reload()
            for _ in 0..<3 { _ = try await ask(operated, [("Forwarded", "for=203.0.113.7")]) }
            #expect(warnings() == 2)
        }
    }
}
