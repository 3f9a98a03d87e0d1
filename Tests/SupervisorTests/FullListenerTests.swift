import Testing

@testable import Supervisor

@Suite("A listener that has as many connections as it may")
struct FullListenerTests {
    private static let one: HTTPLimits = {
        var limits = HTTPLimits()
        limits.connections = 1
        return limits
    }()

    private static func get(_ target: String) -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }

    @Test("closes one that is idle for one that comes, and says so")
    func idle() async throws {
        try await ListenerRun.with(Self.one) { run in
            let first = try await run.connect()
            try await first.send(Self.get("/first"))
            #expect(await first.read(until: "/first").hasPrefix("HTTP/1.1 200 OK"))
            let second = try await run.connect()
            #expect(await first.readToEnd() == "")
            try await second.send(Self.get("/second"))
            #expect(await second.read(until: "/second").hasPrefix("HTTP/1.1 200 OK"))
            #expect(run.lines.all.contains { $0.contains("connections closed to make room") })
        }
    }

    @Test("closes one whose head has not arrived for one that comes")
    func head() async throws {
        try await ListenerRun.with(Self.one) { run in
            let first = try await run.connect()
            try await first.send("GET / HTTP/1.1\r\nHo")
            let second = try await run.connect()
            #expect(await first.readToEnd() == "")
            try await second.send(Self.get("/second"))
            #expect(await second.read(until: "/second").hasPrefix("HTTP/1.1 200 OK"))
            #expect(run.lines.requests.map(\.status) == [200], "half a head is not told of")
        }
    }

    @Test("closes none whose request is being answered: one that comes is, once it waits itself")
    func busy() async throws {
        try await ListenerRun.with(Self.one) { run in
            let first = try await run.connect()
            try await first.send(Self.get("/wait"))
            var waits = run.answerer.waits.makeAsyncIterator()
            _ = await waits.next()
            let second = try await run.connect()
            try await second.send(Self.get("/second"))
            let answer = await second.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.hasSuffix("/second"))
            run.answerer.goOn()
            #expect(await first.read(until: "waited").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("closes none whose body arrives in time")
    func body() async throws {
        try await ListenerRun.with(Self.one) { run in
            let first = try await run.connect()
            try await first.send(
                "POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 3\r\n\r\n")
            // The body is being read from here on.
            #expect(await first.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue"))
            try await first.send("ab")
            let second = try await run.connect()
            try await second.send(Self.get("/second"))
            #expect(await second.readToEnd().hasSuffix("/second"))
            try await first.send("c")
            // Three bytes are no image.
            #expect(await first.read(until: "unsupported-type").hasPrefix("HTTP/1.1 415 "))
        }
    }

    @Test("closes one whose body does not come, after a while, for one that waits in the kernel")
    func slowBody() async throws {
        try await ListenerRun.with(Self.one) { run in
            let head =
                "POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                + "Content-Length: 3\r\n\r\n"
            // As many as are let in.
            var slow: [TestClient] = []
            for _ in 0..<2 {
                let client = try await run.connect()
                try await client.send(head)
                #expect(await client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue"))
                slow.append(client)
            }
            let other = try await run.connect()
            try await other.send(Self.get("/other"))
            #expect(await other.read(until: "/other").hasPrefix("HTTP/1.1 200 OK"))
            for client in slow { client.close() }
        }
    }
}
