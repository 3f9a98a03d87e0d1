import NIOCore
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Where requests to web servers may go")
struct RemoteRuleTests {
    @Test("a redirect is followed to another port and name, each held against the rules")
    func followed() async throws {
        try await PathServer.with(["/b": PathServer.answer("200 OK", "second")]) { second in
            let target = "http://other.example:\(second.port)/b"
            try await PathServer.with(["/a": PathServer.redirect(target)]) { first in
                let fetch = try Fetch(ports: [first.port, second.port])
                let start = "http://good.example:\(first.port)/a"
                #expect(try await fetch.text(start) == "second")
                #expect(second.requests[0].lowercased().contains("host: other.example:"))
                let narrow = try Fetch(ports: [first.port])
                #expect(try await narrow.failure(start) == .port(UInt16(second.port)))
                var listed = fetch
                let pattern = "http://good.example:\(first.port)/"
                listed.rules.allowed.patterns = [try #require(SourcePattern(pattern))]
                let failure = try await listed.failure(start)
                #expect(failure == .redirectNotAllowed(target))
                #expect(second.connections == 1)
            }
        }
    }

    static let hidden: [(String, String)] = [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://[::ffff:169.254.169.254]/", "169.254.169.254"), ("http://[::1]/", "::1"),
        ("http://inside.example/", "10.0.0.1"), ("//10.0.0.1/", "10.0.0.1"),
    ]

    @Test("a redirect to an address that is not public leads nowhere", arguments: hidden)
    func redirected(location: String, refused: String) async throws {
        try await PathServer.with(["/a": PathServer.redirect(location)]) { origin in
            let fetch = try Fetch(
                ports: [origin.port], names: ["inside.example": [["10.0.0.1"]]])
            let failure = try await fetch.failure("http://good.example:\(origin.port)/a")
            guard case .address(let refusal) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect("\(refusal.address)" == refused)
        }
    }

    @Test("a circle of redirects ends by their number")
    func circle() async throws {
        let scripts = ["/a": PathServer.redirect("/b", 307), "/b": PathServer.redirect("a", 308)]
        try await PathServer.with(scripts) { origin in
            let fetch = try Fetch(ports: [origin.port])
            let failure = try await fetch.failure("http://good.example:\(origin.port)/a")
            #expect(failure == .tooManyRedirects && origin.requests.count == 4)
        }
    }

    @Test("a name that is public first and loopback then is looked up once, and reaches the first")
    func rebinding() async throws {
        try await PathServer.with(["/a": PathServer.answer()], host: "127.0.0.1") { inside in
            let port = inside.port
            try await PathServer.with(
                ["/a": PathServer.answer("200 OK", "outside")], host: "127.7.7.7", port: port
            ) { outside in
                // 127.7.7.7 stands for what is public here; nothing else is.
                let lookup = TestLookup(["rebind.example": [["127.7.7.7"], ["127.0.0.1"]]])
                var fetch = try Fetch(ports: [port], lookup: lookup)
                fetch.rules.addresses.permitted = [try #require(NetworkBlock("127.7.7.7"))]
                let address = "http://rebind.example:\(port)/a"
                #expect(try await fetch.text(address) == "outside")
                #expect(lookup.asked == 1 && inside.connections == 0)
                #expect(try await fetch.kind(address) == "address")
                #expect(lookup.asked == 2 && inside.connections == 0)
                #expect(outside.connections == 1)
            }
        }
    }

    @Test("one private address among several of a name refuses the name, wherever it stands")
    func several() async throws {
        try await PathServer.with(["/a": PathServer.answer()]) { origin in
            let names = [
                "first.example": [["10.0.0.1", "127.0.0.1"]],
                "last.example": [["127.0.0.1", "127.0.0.1", "::ffff:10.0.0.1"]],
            ]
            let fetch = try Fetch(ports: [origin.port], names: names)
            for name in names.keys {
                #expect(try await fetch.kind("http://\(name):\(origin.port)/a") == "address")
            }
            #expect(origin.connections == 0)
        }
    }

    @Test("where nobody listens at the first address of a name, the next one is asked")
    func next() async throws {
        try await PathServer.with(["/a": PathServer.answer(), "/b": [.close]]) { origin in
            let names = [
                "some.example": [["127.0.0.2", "127.0.0.3", "127.0.0.1"]],
                "none.example": [["127.0.0.2", "127.0.0.3"]],
                "many.example": [["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"]],
                "twice.example": [["127.0.0.1", "127.0.0.1"]],
            ]
            let fetch = try Fetch(ports: [origin.port], names: names)
            #expect(try await fetch.text("http://some.example:\(origin.port)/a") == "image")
            let none = try await fetch.failure("http://none.example:\(origin.port)/a")
            #expect(
                none == .unreachable("connect: Connection refused (errno 111)"),
                "\(String(describing: none))")
            // Three are tried, and no more.
            #expect(try await fetch.kind("http://many.example:\(origin.port)/a") == "unreachable")
            // A request that was sent is not sent again.
            #expect(try await fetch.kind("http://twice.example:\(origin.port)/b") == "noAnswer")
            #expect(origin.requests.count == 2)
        }
    }

    @Test("a name without an address, and ports that nobody listed")
    func nowhere() async throws {
        let fetch = try Fetch(ports: [])
        #expect(try await fetch.failure("http://nowhere.example/") == .noSuchHost)
        #expect(try await fetch.failure("http://good.example:22/") == .port(22))
    }
}
