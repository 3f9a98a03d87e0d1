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
            #expect(rest.rests("a", at: clock.now) == false)
            rest.learn(.down, of: "a", at: clock.now)
            rest.learn(.none, of: "a", at: clock.now)
        }
        #expect(rest.rests("a", at: clock.now) == true)
        #expect(rest.rests("b", at: clock.now) == false)
        #expect(rest.rests("a", at: .after(.seconds(9))) == true)
        let later = ManualClock.Instant.after(.seconds(10))
        #expect(rest.rests("a", at: later) == false)
        #expect(rest.rests("a", at: later) == true)
        rest.learn(.up, of: "a", at: later)
        #expect(rest.rests("a", at: later) == false)
    }

    @Test("a server that fails its one request rests again at once")
    func again() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        for _ in 0..<5 { rest.learn(.down, of: "a", at: clock.now) }
        let later = ManualClock.Instant.after(.seconds(15))
        #expect(rest.rests("a", at: later) == false)
        rest.learn(.down, of: "a", at: later)
        #expect(rest.rests("a", at: .after(.seconds(24))) == true)
        #expect(rest.rests("a", at: .after(.seconds(25))) == false)
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
        #expect(rest.rests("99", at: clock.now) == true)
        #expect(rest.known("99", at: clock.now) == .timeout)
        #expect(rest.rests("0", at: clock.now) == false)
        #expect(rest.known("0", at: clock.now) == nil)
    }

    /// A failure, what it tells of a server that was named, and of one that a redirect led to.
    static let signs: [(SourceFailure, ServerSign, ServerSign)] = [
        (.unreachable(""), .down, .down), (.noSuchHost, .down, .down),
        (.timeout, .down, .none), (.noAnswer(""), .down, .none),
        (.incomplete, .none, .none), (.tooLarge(1), .up, .up), (.encoded, .up, .up),
        (.noMemory, .none, .none), (.busy, .none, .none), (.notAllowed, .none, .none),
    ]

    @Test(
        "a redirect cannot bring a server into discredit by its choice of a path", arguments: signs)
    func discredit(failure: SourceFailure, named: ServerSign, led: ServerSign) {
        #expect(ServerSign(failure, isStart: true) == named)
        #expect(ServerSign(failure, isStart: false) == led)
        #expect(ServerSign(status: 500, isStart: true) == .down)
        #expect(ServerSign(status: 500, isStart: false) == .none)
        #expect(ServerSign(status: 404, isStart: true) == .up)
    }
}
