import HTTPTypes
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("What keys of clients may do at the admin listener")
struct AdminScopeTests {
    private static let now: Int64 = 1_769_817_600
    private let ring = KeyRing()
    private let door: AdminDoor

    init() {
        door = AdminDoor(
            keys: AdminKeys(operatorKey: "operator-of-this-start", configured: ["configured-key"]),
            ring: ring, clock: MovedClock())
    }

    /// Puts a key into the ring.
    private func key(
        _ scopes: Set<KeyScope>, allow: String? = nil, expires: Int64? = nil
    ) -> APIKeyText {
        var generator = SystemRandomNumberGenerator()
        let text = APIKeyText(.admin, using: &generator)
        var key = APIKey(id: "k-1", name: "", scopes: scopes, created: 0, expires: expires)
        key.networks = allow.flatMap { NetworkBlock($0) }.map { [$0] } ?? []
        ring.replace(declared: [.init(key: key, code: KeyCode(plain: text))])
        return text
    }

    private func pass(
        _ method: HTTPRequest.Method, _ path: String, _ key: String,
        from address: String = "192.0.2.9"
    ) -> Result<AuditEvent.Actor, Problem> {
        let request = HTTPRequest(
            method: method, scheme: "http", authority: "127.0.0.1", path: path,
            headerFields: [.apiKey: key])
        return Result { () throws(Problem) in
            try door.pass(request, from: address, now: Self.now)
        }
    }

    @Test("the door says who came in")
    func actors() {
        #expect(pass(.get, "/metrics", "operator-of-this-start") == .success(.operator))
        #expect(pass(.post, "/cmd/keys", "configured-key") == .success(.adminKey))
        let text = key([.admin]).text
        #expect(pass(.post, "/cmd/keys", text) == .success(.key("k-1")))
        #expect(ring.takeUses() == ["k-1": Self.now])
    }

    @Test(
        "metrics open metrics, admin:read what only tells, admin everything, and others nothing",
        arguments: [
            ([.metrics], 1), ([.adminRead], 2), ([.admin], 3),
            ([.process, .info, .sources, .presets], 0), ([.adminRead, .metrics, .process], 2),
        ] as [(Set<KeyScope>, Int)])
    func scopes(_ scopes: Set<KeyScope>, _ level: Int) {
        let text = key(scopes).text
        let requests: [(HTTPRequest.Method, String, Int)] = [
            (.get, "/metrics", 1), (.head, "/metrics", 1), (.get, "/cmd/status", 2),
            (.get, "/cmd/keys", 2), (.get, "/cmd/crashes?limit=1", 2), (.get, "/metrics?x", 2),
            (.get, "/nothing", 2), (.post, "/cmd/keys", 3), (.post, "/cmd/keys/revoke", 3),
            (.post, "/cmd/reload", 3), (.put, "/cmd/log-level", 3), (.post, "/metrics", 3),
            (.post, "/cmd/crashes/purge", 3), (.delete, "/cmd/keys", 3),
        ]
        for (method, path, needed) in requests {
            let missing: KeyScope = needed == 1 ? .metrics : needed == 2 ? .adminRead : .admin
            #expect(
                pass(method, path, text)
                    == (level >= needed
                        ? .success(.key("k-1")) : .failure(.missingScope(missing))),
                "\(method) \(path)")
        }
    }

    @Test("an expired key, and one from elsewhere, are told apart and cost no attempt")
    func refused() {
        let late = key([.admin], expires: Self.now).text
        for _ in 0..<40 { #expect(pass(.get, "/metrics", late) == .failure(.keyExpired)) }
        let local = key([.admin], allow: "10.0.0.0/8", expires: Self.now).text
        #expect(pass(.get, "/metrics", local) == .failure(.addressNotPermitted))
        #expect(pass(.get, "/metrics", local, from: "10.1.2.3") == .failure(.keyExpired))
    }

    @Test("guesses and typing errors use attempts up")
    func guesses() {
        let right = key([.admin]).text
        var generator = SystemRandomNumberGenerator()
        let guess = APIKeyText(.admin, using: &generator).text
        for _ in 0..<15 {
            #expect(pass(.get, "/metrics", guess) == .failure(.unauthorized))
            #expect(pass(.get, "/metrics", right + "x") == .failure(.mistypedKey))
        }
        #expect(pass(.get, "/metrics", right) == .failure(.tooManyAttempts(seconds: 2)))
        #expect(pass(.get, "/metrics", right, from: "192.0.2.8") == .success(.key("k-1")))
    }
}
