import HTTPTypes
import NIOCore
import NIOPosix
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Web servers that take their time, or fail")
struct RemoteTimeTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    private static let hints = "HTTP/1.1 103 Early Hints\r\n\r\n"

    static let slow: [(String, PathServer.Script)] = [
        ("silence", []), ("a piece of a head", [.send("HTTP/1.1 200 OK\r\n")]),
        (
            "a head, byte by byte",
            [.drip("HTTP/1.1 200 OK\r\nX: " + longText, each: .milliseconds(20))]
        ),
        (
            "hints in the place of a head",
            (0..<500).map { _ in .drip(hints, each: .milliseconds(2)) }
        ),
        ("a head and then nothing", [.send(head)]),
        ("a body that stops", [.send(head + "abc")]),
    ]
    private static let longText = String(repeating: "a", count: 2_000)

    @Test("an answer has to begin in time, and to go on", arguments: slow)
    func answer(what: String, script: PathServer.Script) async throws {
        try await PathServer.with(["/a": script]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.answerTimeout = .milliseconds(200)
            let failure = try await fetch.failure("http://good.example:\(origin.port)/a")
            #expect(failure == .timeout && failure?.status == .gatewayTimeout, "\(what)")
            try await settled("the connection is closed") { origin.open == 0 }
        }
    }

    @Test("a body that comes byte by byte ends with the time for everything")
    func drip() async throws {
        let script: PathServer.Script = [
            .send(Self.head), .drip(Self.longText, each: .milliseconds(20)),
        ]
        try await PathServer.with(["/a": script]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.timeout = .milliseconds(300)
            #expect(
                try await fetch.failure("http://good.example:\(origin.port)/a") == .timeout)
            try await settled("the connection is closed") { origin.open == 0 }
        }
    }

    @Test("redirects share the time for everything")
    func shared() async throws {
        try await PathServer.with(["/a": PathServer.redirect("/b"), "/b": []]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.timeout = .seconds(2)
            #expect(
                try await fetch.failure("http://good.example:\(origin.port)/a") == .timeout)
        }
    }

    @Test("a handshake that does not end is given up with the time to connect")
    func handshake() async throws {
        // It takes the first bytes of TLS for a head that is not whole, and waits for the rest.
        try await PathServer.with([:]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.connectTimeout = .milliseconds(200)
            #expect(
                try await fetch.failure("https://good.example:\(origin.port)/a") == .timeout)
            try await settled("the connection is closed") { origin.open == 0 }
        }
    }

    @Test("an address that takes no connections is given up with the time to connect")
    func full() async throws {
        // Nobody accepts, and one connection fills a queue that has no room.
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 0).serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let first = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port)
            .get()
        var fetch = try Fetch(ports: [port])
        fetch.rules.connectTimeout = .milliseconds(300)
        #expect(try await fetch.failure("http://good.example:\(port)/a") == .timeout)
        try await first.close()
        try await listener.close()
    }

    @Test("who goes away stops the download, counts against nobody and holds no memory")
    func cancelled() async throws {
        let script: PathServer.Script = [.send(Self.head + "abc")]
        let budget = MemoryBudget(bytes: 1_000)
        try await PathServer.with(["/a": script, "/b": PathServer.answer()]) { origin in
            var fetch = try Fetch(ports: [origin.port], budget: budget)
            fetch.rules.rest = HostRestLimits(failures: 1, memory: .seconds(600))
            let visit = fetch
            let address = "http://good.example:\(origin.port)/a"
            for _ in 0..<3 {
                let before = origin.requests.count
                let task = Task { try await visit.failure(address) }
                try await settled("it is asked") { origin.requests.count > before }
                task.cancel()
                #expect(try await task.value == .timeout)
                try await settled("the connection is closed") { origin.open == 0 }
            }
            #expect(try await visit.text("http://good.example:\(origin.port)/b") == "image")
            try await settled("the memory is free") { budget.share().grow(by: 1_000) }
        }
    }

    @Test("memory is taken as bytes arrive, given back after a failure and kept with an image")
    func memory() async throws {
        let budget = MemoryBudget(bytes: 1_000)
        let scripts: [String: PathServer.Script] = [
            "/large": [.send("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"), .bytes(2_000)],
            "/short": [.send(Self.head + "abc"), .close],
            "/right": [.send("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"), .bytes(900)],
        ]
        try await PathServer.with(scripts) { origin in
            let fetch = try Fetch(ports: [origin.port], budget: budget)
            let start = "http://good.example:\(origin.port)"
            #expect(try await fetch.failure(start + "/large") == .noMemory)
            #expect(try await fetch.failure(start + "/short") == .incomplete)
            let answer = try await fetch.answer(start + "/right")
            #expect(!budget.share().grow(by: 101) && budget.share().grow(by: 100))
            guard case .image(let bytes, let sha256, _, _) = answer else {
                Issue.record("no image")
                return
            }
            #expect(bytes.readableBytes == 900 && sha256 == InputDigest.hex(of: bytes))
        }
        try await settled("the memory is free") { budget.share().grow(by: 1_000) }
    }

    @Test("what a server answers to one client's conditions is not held against it")
    func conditional() async throws {
        try await PathServer.with([
            "/a": PathServer.answer("503 Down"), "/b": PathServer.answer("400 Bad"),
        ]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.rest = HostRestLimits(
                failures: 1, rest: .seconds(600), memory: .seconds(600))
            let start = "http://good.example:\(origin.port)"
            fetch.conditions = SourceConditions(etag: "\"x\"")
            for _ in 0..<2 {
                #expect(try await fetch.failure(start + "/a") == .serverError(503))
                #expect(try await fetch.failure(start + "/b") == .clientError(400))
            }
            fetch.conditions = SourceConditions()
            #expect(try await fetch.failure(start + "/b") == .clientError(400))
            #expect(origin.requests.count == 5)
            #expect(try await fetch.failure(start + "/b") == .clientError(400))
            #expect(origin.requests.count == 5)
            #expect(try await fetch.failure(start + "/a") == .serverError(503))
            #expect(try await fetch.failure(start + "/c") == .resting)
        }
    }

    @Test("a server that is broken is left alone, and its redirects bring no other into discredit")
    func breaker() async throws {
        try await PathServer.with([
            "/broken": PathServer.answer("500 Oops"), "/a": PathServer.answer(),
        ]) {
            good in
            let scripts = [
                "/to": PathServer.redirect("http://good.example:\(good.port)/broken"),
                "/gone": PathServer.answer("404 Gone"),
            ]
            try await PathServer.with(scripts) { bad in
                var fetch = try Fetch(ports: [good.port, bad.port])
                fetch.rules.rest = HostRestLimits(
                    failures: 2, rest: .seconds(600), memory: .zero)
                let trap = "http://other.example:\(bad.port)/to"
                for _ in 0..<4 { #expect(try await fetch.failure(trap) == .serverError(500)) }
                let start = "http://good.example:\(good.port)"
                #expect(try await fetch.text(start + "/a") == "image")
                for _ in 0..<4 {
                    let gone = "http://other.example:\(bad.port)/gone"
                    #expect(try await fetch.failure(gone) == .clientError(404))
                }
                for _ in 0..<2 {
                    #expect(try await fetch.failure(start + "/broken") == .serverError(500))
                }
                let asked = good.requests.count
                #expect(try await fetch.failure(start + "/a") == .resting)
                #expect(try await fetch.failure(trap) == .resting)
                #expect(good.requests.count == asked)
            }
        }
    }

    @Test("an address that has failed is not asked again at once, and another one is")
    func remembered() async throws {
        try await PathServer.with(["/a": PathServer.answer("404 Gone"), "/b": PathServer.answer()])
        { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.rest.memory = .seconds(600)
            let start = "http://good.example:\(origin.port)"
            for _ in 0..<3 { #expect(try await fetch.failure(start + "/a") == .clientError(404)) }
            #expect(origin.requests.count == 1)
            #expect(try await fetch.text(start + "/b") == "image")
        }
    }

    @Test("what a rule forbids is asked again as soon as the rule is another")
    func reloaded() async throws {
        try await PathServer.with(["/a": PathServer.answer()]) { origin in
            var fetch = try Fetch(ports: [])
            fetch.rules.rest.memory = .seconds(600)
            let address = "http://good.example:\(origin.port)/a"
            #expect(try await fetch.kind(address) == "port")
            fetch.rules.ports = [UInt16(origin.port)]
            let permitted = fetch.rules.addresses
            fetch.rules.addresses = AddressRules()
            #expect(try await fetch.kind(address) == "address")
            fetch.rules.addresses = permitted
            #expect(try await fetch.text(address) == "image")
        }
    }
}
