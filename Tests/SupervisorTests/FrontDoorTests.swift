import Crypto
import HTTPTypes
import ImageVocabulary
import Logging
import NIOCore
import NIOEmbedded
import RequestSyntax
import Synchronization
import Testing

@testable import Supervisor

/// Who is let in by which right, and what the others hear.
@Suite("The front door")
struct FrontDoorTests {
    private final class Trail: AuditTrail {
        private let recorded = Mutex<[AuditEvent]>([])

        var events: [AuditEvent] { recorded.withLock { $0 } }

        func record(_ event: AuditEvent) { recorded.withLock { $0.append(event) } }
    }

    private static func made(_ kind: APIKeyText.Kind = .live) -> APIKeyText {
        var generator = SystemRandomNumberGenerator()
        return APIKeyText(kind, using: &generator)
    }

    private let pepper = SymmetricKey(size: .bits256)
    private let ring: KeyRing
    private let trail = Trail()
    private let door: FrontDoor
    private let shop = Self.made()
    private let office = Self.made()
    private let facts = Self.made()
    private let old = Self.made()
    private var settings = LiveSettings.Values(
        limits: .init(), jobTime: .seconds(1), http: HTTPLimits())

    init() throws {
        ring = KeyRing(pepper: pepper)
        door = FrontDoor(
            keys: ring, audit: trail,
            notice: ProxyNotice(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        settings.isDevelopment = false
        let network = try #require(NetworkBlock("10.0.0.0/8"))
        ring.replace(stored: [
            entry(shop, APIKey(id: "shop", name: "Shop", scopes: [.process], created: 0)),
            entry(
                office,
                APIKey(
                    id: "office", name: "Office", scopes: [.process, .sources],
                    networks: [network], created: 0)),
            entry(
                old, APIKey(id: "old", name: "Old", scopes: [.process], created: 0, expires: 500)),
        ])
        ring.replace(declared: [
            KeyRing.Entry(
                key: APIKey(id: "facts", name: "Facts", scopes: [.info], created: 0),
                code: KeyCode(plain: facts))
        ])
    }

    private func entry(_ text: APIKeyText, _ key: APIKey) -> KeyRing.Entry {
        KeyRing.Entry(key: key, code: KeyCode(of: text, keyedWith: pepper))
    }

    private func pass(
        _ target: String = "/v1/process", _ fields: [(HTTPField.Name, String)] = [],
        from address: String = "192.0.2.1", now: Int64 = 1_000, dev: Bool = false
    ) throws -> Result<Caller, Problem> {
        var settings = settings
        settings.isDevelopment = dev
        let method: HTTPRequest.Method =
            target.hasPrefix("/v1/images") || target.hasPrefix("/health") ? .get : .post
        var head = HTTPRequest(method: method, scheme: nil, authority: "x", path: target)
        for (name, value) in fields { head.headerFields.append(.init(name: name, value: value)) }
        let client = Client(
            requestID: RequestID(), trace: TraceContext(traceparent: nil),
            connection: ClientConnection(
                address: try SocketAddress(ipAddress: address, port: 1)),
            request: ArrivedRequest(), channel: EmbeddedChannel())
        do throws(Problem) {
            let route = try Route(method: method, target: target)
            return .success(try door.pass(head, route, nil, client, settings, now: now))
        } catch {
            return .failure(error)
        }
    }

    private func problem(
        _ target: String = "/v1/process", _ fields: [(HTTPField.Name, String)] = [],
        from address: String = "192.0.2.1", now: Int64 = 1_000
    ) throws -> Problem? {
        if case .failure(let problem) = try pass(target, fields, from: address, now: now) {
            return problem
        }
        return nil
    }

    @Test("a key is sent as X-API-Key or as a bearer token, in any case of that word")
    func ways() throws {
        for fields: [(HTTPField.Name, String)] in [
            [(.apiKey, shop.text)], [(.authorization, "Bearer \(shop.text)")],
            [(.authorization, "bearer \(shop.text)")], [(.authorization, "BEARER \(shop.text)")],
        ] {
            let caller = try pass("/v1/process", fields).get()
            #expect(caller.key?.id == "shop" && caller.party == .key("shop"))
        }
        #expect(ring.takeUses() == ["shop": 1_000])
    }

    @Test("whoever has no key hears the same as who has one that is not known")
    func strangers() throws {
        #expect(try problem() == .unauthorized)
        #expect(try problem("/v1/process", [(.apiKey, Self.made().text)]) == .unauthorized)
        #expect(try problem("/v1/process", [(.apiKey, "secret")]) == .unauthorized)
        #expect(try problem("/v1/process", [(.authorization, "Basic eDp5")]) == .unauthorized)
        // A bearer token counts, right or wrong; another scheme is somebody else's.
        let both: [(HTTPField.Name, String)] = [
            (.authorization, "Bearer eDp5"), (.apiKey, shop.text),
        ]
        #expect(try problem("/v1/process", both) == .unauthorized)
        let proxied: [(HTTPField.Name, String)] = [
            (.authorization, "Basic eDp5"), (.apiKey, shop.text),
        ]
        #expect(try problem("/v1/process", proxied) == nil)
        #expect(trail.events.count == 5)
        #expect(trail.events.allSatisfy { $0.action == .refusedCredential })
        #expect(trail.events.allSatisfy { $0.actor == .client("192.0.2.1") })
    }

    @Test("a key that was cut off or mistyped is told from one that is not known")
    func typos() throws {
        let cut = String(shop.text.dropLast())
        #expect(try problem("/v1/process", [(.apiKey, cut)]) == .mistypedKey)
        let last = try #require(shop.text.last)
        let mistyped = String(shop.text.dropLast()) + (last == "0" ? "1" : "0")
        #expect(try problem("/v1/process", [(.apiKey, mistyped)]) == .mistypedKey)
        #expect(Problem.mistypedKey.status == .unauthorized)
    }

    @Test("a key permits its scopes, from its addresses and until its end")
    func bounds() throws {
        #expect(try problem("/v1/info", [(.apiKey, shop.text)]) == .missingScope(.info))
        #expect(try problem("/v1/images/a.png/info", [(.apiKey, facts.text)]) == nil)
        #expect(try problem("/v1/images/a.png", [(.apiKey, facts.text)]) == .missingScope(.process))
        let office: [(HTTPField.Name, String)] = [(.apiKey, office.text)]
        #expect(try problem("/v1/process", office) == .addressNotPermitted)
        #expect(try problem("/v1/process", office, from: "10.20.30.40") == nil)
        #expect(try problem("/v1/process", office, from: "::ffff:10.20.30.40") == nil)
        let old: [(HTTPField.Name, String)] = [(.apiKey, old.text)]
        #expect(try problem("/v1/process", old, now: 499) == nil)
        #expect(try problem("/v1/process", old, now: 500) == .keyExpired)
        #expect(try pass("/v1/process", office, from: "10.1.1.1").get().may(.sources))
        #expect(try !pass("/v1/process", [(.apiKey, shop.text)]).get().may(.sources))
    }

    @Test("a stolen key says nothing of its scopes to who sends it from elsewhere")
    func theft() throws {
        #expect(try problem("/v1/info", [(.apiKey, office.text)]) == .addressNotPermitted)
    }

    @Test(
        "only those may ask who are on the operator's list of addresses",
        arguments: [
            ("192.0.2.9", true), ("::ffff:192.0.2.9", true), ("2001:db8::1", true),
            ("192.0.3.1", false), ("2001:db9::1", false), ("127.0.0.1", false),
        ])
    mutating func addresses(_ address: String, _ mayAsk: Bool) throws {
        func refusal(_ fields: HTTPFields, from address: String) throws -> Problem? {
            let client = Client(
                requestID: RequestID(), trace: TraceContext(traceparent: nil),
                connection: ClientConnection(
                    address: try SocketAddress(ipAddress: address, port: 1)),
                request: ArrivedRequest(), channel: EmbeddedChannel())
            do throws(Problem) {
                try door.admit(fields, client, settings)
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal([:], from: address) == nil)
        settings.allowed = [
            try #require(NetworkBlock("192.0.2.0/24")), try #require(NetworkBlock("2001:db8::/32")),
        ]
        #expect(try refusal([:], from: address) == (mayAsk ? nil : .addressNotPermitted))
        #expect(trail.events.count == (mayAsk ? 0 : 1))
        // Whom a trusted proxy names, and nobody where it cannot be known.
        settings.proxies.trusted = [try #require(NetworkBlock("10.0.0.1"))]
        func proxied(_ name: String) throws -> Problem? {
            try refusal([try #require(HTTPField.Name(name)): address], from: "10.0.0.1")
        }
        #expect(try proxied("X-Forwarded-For") == (mayAsk ? nil : .addressNotPermitted))
        #expect(try proxied("Forwarded") == .addressNotPermitted)
    }

    @Test("an old code is accepted for its time of grace")
    func grace() throws {
        let new = Self.made()
        let key = APIKey(id: "turned", name: "", scopes: [.process], created: 0)
        ring.replace(stored: [
            KeyRing.Entry(
                key: key, code: KeyCode(of: new, keyedWith: pepper),
                old: (KeyCode(of: shop, keyedWith: pepper), 2_000))
        ])
        #expect(try problem("/v1/process", [(.apiKey, new.text)], now: 3_000) == nil)
        #expect(try problem("/v1/process", [(.apiKey, shop.text)], now: 1_999) == nil)
        #expect(try problem("/v1/process", [(.apiKey, shop.text)], now: 2_000) == .unauthorized)
    }

    @Test("the log says why a key is none, and the client hears the same of all")
    func reasons() throws {
        let (new, gone) = (Self.made(), Self.made())
        func key(_ id: String) -> APIKey { APIKey(id: id, name: "", scopes: [.process]) }
        ring.replace(
            stored: [
                KeyRing.Entry(
                    key: key("turned"), code: KeyCode(of: new, keyedWith: pepper),
                    old: (KeyCode(of: shop, keyedWith: pepper), 500))
            ], revoked: [entry(gone, key("gone"))])
        for (sent, reason, actor) in [
            (nil, "none", "client:192.0.2.1"), ("secret", "unknown", "client:192.0.2.1"),
            (Self.made().text, "unknown", "client:192.0.2.1"), (gone.text, "revoked", "key:gone"),
            (shop.text, "replaced", "key:turned"),
        ] as [(String?, String, String)] {
            #expect(
                try problem("/v1/process", sent.map { [(.apiKey, $0)] } ?? []) == .unauthorized)
            let event = try #require(trail.events.last)
            #expect(event.actor.text == actor)
            #expect(event.fields.first { $0.name == "reason" }?.value == .string(reason))
        }
    }

    @Test("what tells nothing asks nobody, and --dev asks nobody for anything")
    func open() throws {
        #expect(try problem("/health") == nil)
        #expect(try problem("/v1/images/a.png") == .unauthorized)
        let caller = try pass("/v1/process", dev: true).get()
        #expect(KeyScope.allCases.allSatisfy { caller.may($0) })
        #expect(caller.party == .address(AddressBlock("192.0.2.1")))
        // A key that is there counts all the same, so that it can be tried.
        #expect(try pass("/v1/process", [(.apiKey, shop.text)], dev: true).get().key?.id == "shop")
        #expect(try pass("/v1/process", [(.apiKey, "x")], dev: true).get().key == nil)
    }

    @Test("a key for presets names presets and no other options")
    func presets() throws {
        var rules = OptionRules()
        rules.presets = [
            "thumb": [WrittenOption(name: "w", arguments: ["10"])],
            "large": [WrittenOption(name: "pr", arguments: ["thumb"])],
        ]
        func options(_ scopes: Set<KeyScope>, _ presets: Set<String>, _ query: String) throws {
            let sender = try pass("/health").get().sender
            let key = APIKey(id: "a", name: "", scopes: scopes, presets: presets, created: 0)
            _ = try OptionParser.options(
                query: query, under: Caller(sender: sender, right: .key(key)).narrowed(rules))
        }
        try options([.process], [], "w=5")
        try options([.presets], [], "pr=thumb")
        // Naming none would be the whole image.
        #expect(throws: OptionError.self) { try options([.presets], [], "") }
        #expect(throws: OptionError.self) { try options([.process], ["thumb"], "") }
        #expect(throws: OptionError.self) { try options([.presets], [], "w=5") }
        #expect(throws: OptionError.self) { try options([.process], ["thumb"], "w=5") }
        #expect(throws: OptionError.self) { try options([.process], ["thumb"], "pr=large") }
        #expect(throws: OptionError.self) { try options([.process], ["large"], "pr=large:thumb") }
        // What a preset stands for is its author's word.
        try options([.process], ["large"], "pr=large")
    }
}
