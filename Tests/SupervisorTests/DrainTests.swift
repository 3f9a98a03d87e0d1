import NIOCore
import Testing

@testable import Supervisor

@Suite("A listener that is stopped")
struct DrainTests {
    private static func get(_ target: String) -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }

    @Test("answers what it is working on, and says that nothing follows")
    func inFlight() async throws {
        try await ListenerRun.with { run in
            let client = try await run.connect()
            try await client.send(Self.get("/wait"))
            for await _ in run.answerer.waits { break }
            await run.stop()
            run.answerer.goOn()
            let answer = await client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("waited"))
        }
    }

    @Test("answers requests that were sent ahead, and only the last one ends the connection")
    func pipelined() async throws {
        try await ListenerRun.with { run in
            let client = try await run.connect()
            try await client.send(Self.get("/wait") + Self.get("/two") + Self.get("/three"))
            for await _ in run.answerer.waits { break }
            await run.stop()
            run.answerer.goOn()
            let answer = await client.readToEnd()
            #expect(answer.ranges(of: "HTTP/1.1 200 OK").count == 3)
            #expect(answer.hasSuffix("/three"))
            #expect(run.lines.requests.map(\.status) == [200, 200, 200])
        }
    }

    @Test("closes a connection on which nothing is going on")
    func idle() async throws {
        try await ListenerRun.with { run in
            let silent = try await run.connect()
            let client = try await run.connect()
            try await client.send(Self.get("/one"))
            _ = await client.read(until: "/one")
            await run.stop()
            #expect(await client.readToEnd() == "")
            #expect(await silent.readToEnd() == "")
        }
    }

    @Test("takes no new connection")
    func closed() async throws {
        try await ListenerRun.with { run in
            let client = try await run.connect()
            try await client.send(Self.get("/one"))
            _ = await client.read(until: "/one")
            await run.stop()
            _ = await client.readToEnd()
            await #expect(throws: (any Error).self) { try await run.connect() }
        }
    }
}
