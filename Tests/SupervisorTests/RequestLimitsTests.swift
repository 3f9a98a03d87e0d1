import HTTPTypes
import ImageVocabulary
import Logging
import NIOCore
import NIOEmbedded
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("How much a request may")
struct RequestLimitsTests {
    let counters = CountersInMemory(clock: ContinuousClock())
    let limits: RequestLimits
    var settings = LiveSettings.Values(
        limits: JobLimits(), jobTime: .seconds(1), http: HTTPLimits())

    init() {
        limits = RequestLimits(
            counters, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        settings.penalty = PenaltySettings(errors: 3, first: .seconds(30), longest: .seconds(40))
    }

    func client(_ address: String) throws -> Client {
        Client(
            requestID: RequestID(), trace: TraceContext(traceparent: nil),
            connection: ClientConnection(address: try SocketAddress(ipAddress: address, port: 1)),
            request: ArrivedRequest(), channel: EmbeddedChannel())
    }

    func key(_ limits: KeyLimits, _ id: String = "k1") -> APIKey {
        APIKey(id: id, name: "shop", scopes: [.process], limits: limits, created: 0)
    }

    func caller(
        _ right: Caller.Right, _ address: String = "192.0.2.1", _ fields: HTTPFields = [:]
    ) throws -> Caller {
        Caller(sender: Sender(try client(address), fields), right: right)
    }

    /// Why a request is refused that is over at once; nil for one that is let in.
    func refusal(_ caller: Caller, _ route: Route = .process) -> Problem? {
        do throws(Problem) {
            let visit = try limits.enter(caller, route, caller.sender.client, settings)
            visit.charge(40)
            return nil
        } catch {
            return error
        }
    }

    @Test("a key has its own rate wherever it is sent from, and addresses have theirs without it")
    mutating func parties() throws {
        settings.clients.rate = Rate(1, per: .hour)
        let shop = key(KeyLimits(rate: Rate(2, per: .hour)))
        for address in ["192.0.2.1", "192.0.2.2"] {
            #expect(refusal(try caller(.key(shop), address)) == nil)
        }
        #expect(refusal(try caller(.key(shop))) == .rateLimited(seconds: 1_800))
        #expect(refusal(try caller(.key(key(KeyLimits(), "k2")))) == nil)
        #expect(refusal(try caller(.open), .options) == nil)
        #expect(refusal(try caller(.open), .options) == .rateLimited(seconds: 3_600))
        #expect(refusal(try caller(.development)) == .rateLimited(seconds: 3_600))
        #expect(refusal(try caller(.signature, "192.0.2.2")) == nil)
    }

    @Test("signed requests have a rate of their own, none by default, and no share of the others'")
    mutating func signed() throws {
        let route = Route.signed("/x/y")
        #expect(ClientSettings().rate == Rate(30, per: .minute))
        settings.clients = ClientSettings(rate: Rate(1, per: .hour))
        for _ in 0..<50 {
            #expect(refusal(try caller(.signature)) == nil)
            #expect(refusal(try caller(.open), route) == nil)
        }
        #expect(refusal(try caller(.open), .options) == nil)
        #expect(refusal(try caller(.open), .options) != nil)
        // A faster rate of signed requests does not fill the bucket of the others.
        settings.clients.signedRate = Rate(3, per: .second)
        #expect(refusal(try caller(.signature)) == nil)
        #expect(refusal(try caller(.open), .options) != nil)
        settings.clients.signedRate = Rate(2, per: .hour)
        for address in ["198.51.100.1", "2001:db8::1"] {
            #expect(refusal(try caller(.signature, address)) == nil)
            #expect(refusal(try caller(.open, address), route) == nil)
            #expect(
                refusal(try caller(.open, address), route) == .rateLimited(seconds: 1_800))
        }
        let shop = key(KeyLimits())
        #expect(refusal(try caller(.key(shop), "198.51.100.1")) == nil)
    }

    @Test("IPv6 counts by /64, and a whole /48 may four times as much")
    mutating func sites() throws {
        settings.clients.rate = Rate(2, per: .hour)
        func asks(_ address: String) throws -> Bool { refusal(try caller(.open, address)) == nil }
        #expect(try asks("2001:db8:1::1") && asks("2001:db8:1::2"))
        #expect(try !asks("2001:db8:1::3"))
        for block in 1...3 {
            #expect(try asks("2001:db8:1:\(block)::1") && asks("2001:db8:1:\(block)::1"))
        }
        #expect(try !asks("2001:db8:1:4::1"))
        #expect(try asks("2001:db8:2::1"))
    }

    @Test("a proxy that is not declared is never limited, nor an address that is not known")
    mutating func proxies() throws {
        settings.clients = ClientSettings(rate: Rate(1, per: .day), concurrent: 1)
        let fields: HTTPFields = [.init("X-Forwarded-For")!: "203.0.113.9"]
        for _ in 0..<5 {
            let proxied = try caller(.open, "127.0.0.1", fields)
            #expect(refusal(proxied) == nil)
            for _ in 0..<5 {
                #expect(
                    limits.judge(.wrongSignature, proxied, .signed("/x"), settings)
                        == .wrongSignature)
            }
        }
        // A stranger's word that he is one counts for nothing.
        #expect(refusal(try caller(.open, "192.0.2.1", fields)) == nil)
        #expect(refusal(try caller(.open, "192.0.2.1", fields)) != nil)
    }

    @Test("places at the same time are given back however a request ends")
    func concurrent() throws {
        let shop = try caller(.key(key(KeyLimits(concurrent: 2))))
        for _ in 0..<10 { #expect(refusal(shop) == nil) }
        func nested(_ depth: Int) throws(Problem) {
            let visit = try limits.enter(shop, .process, shop.sender.client, settings)
            defer { visit.charge(0) }
            if depth > 0 { try nested(depth - 1) } else { throw .emptyBody }
        }
        #expect(throws: Problem.tooManyAtOnce) { try nested(2) }
        #expect(throws: Problem.emptyBody) { try nested(1) }
        #expect(refusal(shop) == nil)
    }

    @Test("inputs and results use up the day's bytes of a key")
    func dailyBytes() throws {
        let shop = try caller(.key(key(KeyLimits(dailyBytes: 100))))
        for _ in 0..<3 { #expect(refusal(shop) == nil) }
        guard case .dailyLimit(let seconds)? = refusal(shop) else {
            Issue.record("not refused")
            return
        }
        #expect((1...86_400).contains(seconds))
    }

    // MARK: Errors

    /// What only the holder of a key can be to blame for.
    private static let wrong = Problem.methodNotAllowed(allowed: [.post])

    /// What the sender of so many wrong requests hears of each.
    private func hears(
        _ count: Int, _ problem: Problem, _ caller: Caller, _ route: Route = .process
    ) -> [Problem] {
        (0..<count).map { _ in limits.judge(problem, caller, route, settings) }
    }

    @Test("a key that keeps being used wrongly waits, and no other key or address does")
    func wrongKey() throws {
        let shop = try caller(.key(key(KeyLimits())))
        #expect(hears(3, Self.wrong, shop) == [Self.wrong, Self.wrong, Self.wrong])
        #expect(refusal(shop) == .tooManyErrors(seconds: 30))
        #expect(refusal(try caller(.key(key(KeyLimits(), "k2")))) == nil)
        #expect(refusal(try caller(.development)) == nil)
    }

    @Test("what users upload never makes a key wait, and makes an address wait")
    func uploads() throws {
        let shop = try caller(.key(key(KeyLimits())))
        let uploads: [Problem] = [
            .brokenImage, .emptyBody, .unsupportedType("x"), .typeContradiction("x"),
            .overLimit(.inputBytes, 1), .overLimit(.pixels, 1), .unusableSize, .notADrawing,
        ]
        for problem in uploads { #expect(hears(9, problem, shop).allSatisfy { $0 == problem }) }
        #expect(refusal(shop) == nil)
        let visitor = try caller(.development)
        _ = hears(3, .brokenImage, visitor)
        #expect(refusal(visitor) == .tooManyErrors(seconds: 30))
    }

    @Test("what is not the sender's doing never counts")
    func notHisDoing() throws {
        let shop = try caller(.key(key(KeyLimits())))
        let others: [Problem] = [
            .couldNotProcess, .deadline, .unavailable, .source(.timeout),
            .source(.clientError(404)),
            .expired, .bodyTimeout, .clientGone, .rateLimited(seconds: 1), .tooManyAtOnce,
        ]
        for problem in others { _ = hears(9, problem, shop) }
        // An image may have been there once.
        _ = hears(9, .notFound, shop, .image(try ImagePath(percentEncoded: "a.png")))
        #expect(refusal(shop) == nil)
        for (problem, status) in ProblemTests.samples where status >= 500 {
            #expect(!problem.isOfTheSender)
        }
    }

    @Test("wrong signatures make who guesses wait, and no valid signature behind the same address")
    func signatures() throws {
        let cdn = try caller(.open)
        let route = Route.signed("/x/y")
        #expect(
            hears(5, .wrongSignature, cdn, route) == [
                .wrongSignature, .wrongSignature, .wrongSignature, .tooManyErrors(seconds: 30),
                .tooManyErrors(seconds: 30),
            ])
        #expect(refusal(cdn, route) == nil)
        #expect(refusal(try caller(.signature)) == nil)
        // What a right signature leads to is nobody's fault that is known by his address.
        let other = try caller(.open, "192.0.2.77")
        _ = hears(9, .brokenImage, other, route) + hears(9, .invalidURL(.noSource), other, route)
        #expect(hears(1, .wrongSignature, other, route) == [.wrongSignature])
    }

    @Test("guesses at keys make the address wait, and a key that exists is judged by itself")
    func guesses() throws {
        let stranger = try client("192.0.2.5")
        func hears(_ problem: Problem) -> Problem {
            limits.judge(problem, [:], stranger, settings)
        }
        #expect((0..<3).allSatisfy { _ in hears(.unauthorized) == .unauthorized })
        #expect(hears(.unauthorized) == .tooManyErrors(seconds: 30))
        #expect(hears(.notFound) == .tooManyErrors(seconds: 30))
        let shop = key(KeyLimits())
        #expect(refusal(try caller(.key(shop), "192.0.2.5")) == nil)
        // From elsewhere it is the thief's doing.
        let thief = try client("192.0.2.6")
        thief.note(key: shop.id)
        for _ in 0..<9 { _ = limits.judge(.addressNotPermitted, [:], thief, settings) }
        #expect(refusal(try caller(.key(shop))) == nil)
        let user = try client("192.0.2.7")
        user.note(key: shop.id)
        for _ in 0..<3 { _ = limits.judge(.missingScope(.info), [:], user, settings) }
        #expect(refusal(try caller(.key(shop))) == .tooManyErrors(seconds: 30))
    }

    @Test("0 errors lets any number pass")
    mutating func off() throws {
        settings.penalty.errors = 0
        let shop = try caller(.key(key(KeyLimits())))
        _ = hears(1_000, Self.wrong, shop)
        #expect(refusal(shop) == nil)
    }
}
