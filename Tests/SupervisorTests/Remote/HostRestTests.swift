import Testing

@testable import Supervisor

@Suite("Servers that fail")
struct HostRestTests {
    @Test("a server rests after five failures in a row, and one request tries it afterwards")
    func rest() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        for _ in 0..<4 { rest.learn(.down, of: "a", at: clock.now) }
        rest.learn(.up, of: "a", at: clock.now)
        for _ in 0..<5 {
            #expect(rest.turn(of: "a", at: clock.now) == .ask)
            rest.learn(.down, of: "a", at: clock.now)
            rest.learn(.unknown, of: "a", at: clock.now)
        }
        #expect(rest.turn(of: "a", at: clock.now) == .rest)
        #expect(rest.turn(of: "b", at: clock.now) == .ask)
        #expect(rest.turn(of: "a", at: .after(.seconds(9))) == .rest)
        let later = ManualClock.Instant.after(.seconds(10))
        #expect(rest.turn(of: "a", at: later) == .tryOut)
        #expect(rest.turn(of: "a", at: later) == .rest)
        rest.learn(.up, of: "a", at: later)
        #expect(rest.turn(of: "a", at: later) == .ask)
    }

    @Test("a server that fails its one request rests again at once")
    func again() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        for _ in 0..<5 { rest.learn(.down, of: "a", at: clock.now) }
        let later = ManualClock.Instant.after(.seconds(15))
        #expect(rest.turn(of: "a", at: later) == .tryOut)
        rest.learn(.down, of: "a", at: later)
        #expect(rest.turn(of: "a", at: .after(.seconds(24))) == .rest)
        #expect(rest.turn(of: "a", at: .after(.seconds(25))) == .tryOut)
    }

    @Test("a request that tries a server and finds nothing out leaves it to the next one")
    func givenBack() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        for _ in 0..<5 { rest.learn(.down, of: "a", at: clock.now) }
        let later = ManualClock.Instant.after(.seconds(10))
        for _ in 0..<20 {
            #expect(rest.turn(of: "a", at: later) == .tryOut)
            #expect(rest.turn(of: "a", at: later) == .rest)
            rest.giveBack("a", at: later)
        }
    }

    @Test("what failed a moment ago fails at once, and is asked again soon")
    func memory() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        rest.remember(.clientError(404), of: "u", at: clock.now)
        #expect(rest.known("u", at: clock.now) == .clientError(404))
        #expect(rest.known("v", at: clock.now) == nil)
        #expect(rest.known("u", at: .after(.seconds(3))) == nil)
    }

    @Test(
        "what a rule forbids and what is our own affair is not remembered",
        arguments: [
            SourceFailure.notAllowed, .port(81), .tooLarge(1), .noMemory, .resting, .busy,
            .tooManyRedirects,
        ])
    func forgotten(failure: SourceFailure) {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        rest.remember(failure, of: "u", at: clock.now)
        #expect(rest.known("u", at: clock.now) == nil)
    }

    @Test("what is remembered is bounded, whatever is asked for")
    func bounded() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>(.init(failures: 1, most: 4))
        for number in 0..<100 {
            rest.learn(.down, of: "\(number)", at: clock.now)
            rest.remember(.timeout, of: "\(number)", at: clock.now)
        }
        #expect(rest.turn(of: "99", at: clock.now) == .rest)
        #expect(rest.known("99", at: clock.now) == .timeout)
        #expect(rest.turn(of: "0", at: clock.now) == .ask)
        #expect(rest.known("0", at: clock.now) == nil)
    }

    /// A failure, what it tells of a server that was named, and of one that a redirect led to.
    static let signs: [(SourceFailure, ServerSign, ServerSign)] = [
        (.unreachable(""), .down, .down), (.noSuchHost, .down, .down),
        (.timeout, .down, .unknown), (.noAnswer(""), .down, .unknown),
        (.incomplete, .unknown, .unknown), (.tooLarge(1), .up, .up), (.encoded, .up, .up),
        (.noMemory, .unknown, .unknown), (.busy, .unknown, .unknown),
        (.notAllowed, .unknown, .unknown),
    ]

    @Test(
        "a redirect cannot bring a server into discredit by its choice of a path", arguments: signs)
    func discredit(failure: SourceFailure, named: ServerSign, led: ServerSign) {
        #expect(ServerSign(failure, isStart: true) == named)
        #expect(ServerSign(failure, isStart: false) == led)
        #expect(ServerSign(status: 500, isStart: true) == .down)
        #expect(ServerSign(status: 500, isStart: false) == .unknown)
        #expect(ServerSign(status: 404, isStart: true) == .up)
    }
}
