import HTTPTypes
import ImageVocabulary
import NIOCore
import NIOEmbedded
import Randomness
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("The address of a client behind proxies")
struct ClientAddressTests {
    private static let trusted = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].compactMap {
        NetworkBlock($0)
    }

    private func client(
        _ lines: [String], peer: String = "127.0.0.1",
        field: ClientAddress.Field = .xForwardedFor, trusted: [NetworkBlock] = trusted
    ) throws -> String? {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name(field.rawValue))
        for line in lines { headers.append(HTTPField(name: name, value: line)) }
        return ClientAddress(trusted: trusted, field: field)
            .client(of: try #require(NetworkAddress(peer)), headers)?.description
    }

    /// The columns are those of a table that uvicorn's ProxyHeadersMiddleware answers in the same way,
    /// where it answers with an address.
    @Test(
        "X-Forwarded-For is walked from the right, up to the first that is no trusted proxy",
        arguments: [
            (["203.0.113.7"], "203.0.113.7"), (["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            (["203.0.113.7, 10.1.1.1, 10.2.2.2"], "203.0.113.7"),
            (["1.1.1.1, 203.0.113.7 ,10.1.1.1"], "203.0.113.7"),
            (["1.1.1.1", "203.0.113.7", "10.1.1.1"], "203.0.113.7"),
            (["203.0.113.7", ""], "203.0.113.7"), (["203.0.113.7, ,"], "203.0.113.7"),
            (["2001:db8::1, fd00::2"], "2001:db8::1"), (["[2001:db8::1]:443"], "2001:db8::1"),
            (["203.0.113.7:51234, 10.0.0.1"], "203.0.113.7"),
            (["10.9.9.9, 10.1.1.1"], "10.9.9.9"), ([], "127.0.0.1"),
            // What the client made up is not read.
            (["garbage, 203.0.113.7"], "203.0.113.7"), (["\"", "203.0.113.7"], "203.0.113.7"),
            (["unknown, 203.0.113.7, 10.0.0.1"], "203.0.113.7"),
        ] as [([String], String)])
    func walked(_ lines: [String], _ expected: String) throws {
        #expect(try client(lines) == expected)
    }

    @Test(
        "what a trusted proxy says and nobody can read is no address",
        arguments: [
            ["garbage"], ["203.0.113.7, garbage"], ["203.0.113.7, unknown, 10.0.0.1"],
            ["203.0.113.7, 010.1.1.1"], ["1.2.3"], ["203.0.113.7, 10.0.0.1.evil.example"],
            ["fe80::1%eth0"], [Array(repeating: "10.0.0.1", count: 33).joined(separator: ",")],
            Array(repeating: "10.0.0.1", count: 33),
        ])
    func unreadable(_ lines: [String]) throws {
        #expect(try client(lines) == nil)
    }

    @Test("a chain of 32 proxies is read, and what a client made longer does no harm")
    func length() throws {
        let proxies = Array(repeating: "10.0.0.1", count: 31)
        #expect(try client([(["203.0.113.7"] + proxies).joined(separator: ",")]) == "203.0.113.7")
        let long = Array(repeating: "1.1.1.1", count: 400) + ["203.0.113.7", "10.0.0.1"]
        #expect(try client([long.joined(separator: ",")]) == "203.0.113.7")
    }

    @Test("a peer that nobody trusts is the client, whatever it says")
    func stranger() throws {
        #expect(try client(["1.1.1.1"], peer: "198.51.100.1") == "198.51.100.1")
        #expect(try client(["1.1.1.1"], peer: "127.0.0.1", trusted: []) == "127.0.0.1")
    }

    @Test("an IPv4 peer on an IPv6 socket is the same proxy")
    func mapped() throws {
        #expect(try client(["203.0.113.7"], peer: "::ffff:10.0.0.1") == "203.0.113.7")
        #expect(try client(["203.0.113.7, ::ffff:10.0.0.1"]) == "203.0.113.7")
        // What only holds an IPv4 address in another way is somebody else.
        #expect(try client(["1.1.1.1"], peer: "64:ff9b::10.0.0.1") == "64:ff9b::a00:1")
    }

    @Test(
        "Forwarded is read as RFC 7239 writes it, and the other field is not",
        arguments: [
            (["for=203.0.113.7"], "203.0.113.7"),
            (["for=1.1.1.1, for=203.0.113.7;proto=https, For=\"10.0.0.1:80\""], "203.0.113.7"),
            (["for=\"[2001:db8::1]:443\";by=10.0.0.1"], "2001:db8::1"),
            // A client's open quotation mark in a field of its own does no harm.
            (["for=\"", "for=203.0.113.7"], "203.0.113.7"),
            (["for=\", for=203.0.113.7"], "203.0.113.7"), (["for=_hidden"], nil),
            (["for=unknown"], nil),
            (["for=203.0.113.7;for=1.1.1.1"], nil), (["proto=https"], "127.0.0.1"),
        ] as [([String], String?)])
    func forwarded(_ lines: [String], _ expected: String?) throws {
        #expect(try client(lines, field: .forwarded) == expected)
        var headers = HTTPFields()
        headers[.init("X-Forwarded-For")!] = "1.1.1.1"
        let peer = try #require(NetworkAddress("127.0.0.1"))
        let proxies = ClientAddress(trusted: Self.trusted, field: .forwarded)
        // Whoever writes the other field speaks for somebody, who is not the proxy.
        #expect(proxies.client(of: peer, headers) == nil)
        headers[.init("Forwarded")!] = "for=203.0.113.7"
        #expect(proxies.client(of: peer, headers)?.description == "203.0.113.7")
        let stranger = try #require(NetworkAddress("198.51.100.1"))
        headers[.init("Forwarded")!] = nil
        #expect(proxies.client(of: stranger, headers) == stranger)
    }

    @Test("nothing that a client puts before its own address changes it", arguments: 0..<300)
    func properties(_ seed: UInt64) throws {
        var random = RepeatableRandom(seed: seed)
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        func part(_ field: ClientAddress.Field, _ text: String) -> String {
            guard field == .forwarded else { return text }
            return text.contains(":") ? "for=\"[\(text)]\"" : "for=\(text)"
        }
        // Made so that the answer is known: lies, the client, proxies.
        let field = pick(["", "x"]).isEmpty ? ClientAddress.Field.forwarded : .xForwardedFor
        let truth = pick(["203.0.113.\(seed % 256)", "2001:db8::\(seed % 9 + 1)"])
        let proxies = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            pick(["10.0.0.1", "10.255.255.255", "127.0.0.1", "fd00::1"])
        }
        let lies = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            pick(["1.1.1.1", "10.0.0.9", "::1", "unknown", truth, "0x7f.1", "\"", "a;b=c", ";=,"])
        }
        let isOneLine = field == .xForwardedFor && Bool.random(using: &random)
        let honest = ([truth] + proxies).map { part(field, $0) }
        let lines =
            isOneLine
            ? [(lies + honest).joined(separator: ", ")]
            : lies.map { part(field, $0) } + honest
        #expect(try client(lines, field: field) == truth, "\(lines)")
    }

    @Test(
        "a proxy on this machine that nobody has declared is named once, and after a reload again")
    func notice() throws {
        let lines = Lines()
        let notice = ProxyNotice(logger: lines.logger)
        let settings = LiveSettings(
            LiveSettings.Values(limits: .init(), jobTime: .seconds(1), http: HTTPLimits()))
        func ask(_ address: String, _ fields: HTTPFields) throws {
            let connection = ClientConnection(address: try .init(ipAddress: address, port: 1))
            let client = Client(
                requestID: .init(), trace: .init(traceparent: nil), connection: connection,
                request: ArrivedRequest(), channel: EmbeddedChannel())
            let values = settings.current
            notice.look(at: Sender(client, fields, values.proxies), values)
        }
        let forwarded: HTTPFields = [.init("X-Forwarded-For")!: "203.0.113.7"]
        try ask("192.0.2.1", forwarded)
        try ask("127.0.0.1", [:])
        #expect(lines.all.isEmpty)
        for _ in 0..<3 { try ask("127.0.0.1", forwarded) }
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("proxies.trusted") == true)
        settings.current = settings.current
        for _ in 0..<3 { try ask("::1", [.init("Forwarded")!: "for=203.0.113.7"]) }
        #expect(lines.all.count == 2)
        settings.current.proxies.trusted = Self.trusted
        try ask("127.0.0.1", forwarded)
        #expect(lines.all.count == 2)
        // One that is trusted and writes what is not read.
        for _ in 0..<3 { try ask("127.0.0.1", [.init("Forwarded")!: "for=203.0.113.7"]) }
        #expect(lines.all.count == 3)
        #expect(lines.all.last?.contains("proxies.field: forwarded") == true)
    }
}
