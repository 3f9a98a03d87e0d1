import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("The class of a child's end")
struct ChildEndingTests {
    private typealias Life = ChildLife<ManualClock>

    /// A child that may take 100,000 KiB and ten seconds, and has until second 20 for its job.
    private func life(_ events: [Life.Event]) -> Life {
        var life = Life(
            asked: .after(.zero), birth: .seconds(10),
            budget: Life.Budget(memory: 100_000, processor: 10_000_000))
        let working: [Life.Event] = [
            .born, .ready(Posture()), .given(deadline: .after(.seconds(20))),
        ]
        for (index, event) in (working + events).enumerated() {
            _ = life.handle(event, at: .after(.seconds(event == .ticked ? 20 : index + 1)))
        }
        return life
    }

    private func exit(_ ending: ChildExit.Ending, peak: UInt64 = 0) -> Life.Event {
        .exited(
            ChildExit(
                ending: ending, userTime: 0, systemTime: 0, peakResident: peak, minorFaults: 0,
                majorFaults: 0))
    }

    @Test(
        "each way of running out of memory is told by the peak, and without it is what it looks like"
    )
    func memory() {
        for (events, ending) in [
            ([.refused(.brokenImage), exit(.status(0), peak: 99_000)], .memory(signal: nil)),
            ([.refused(.processingFailed), exit(.status(0), peak: 99_000)], .memory(signal: nil)),
            ([.refused(.brokenImage), exit(.status(0), peak: 10_000)], nil),
            // It was looked at, and is too large.
            ([.refused(.tooManyPixels), exit(.status(0), peak: 99_000)], nil),
            ([exit(.signal(6), peak: 99_000)], .memory(signal: 6)),
            ([exit(.signal(6), peak: 10_000)], .crash(signal: 6)),
            ([exit(.signal(11), peak: 99_000)], .memory(signal: 11)),
            ([exit(.signal(11), peak: 10_000)], .crash(signal: 11)),
        ] as [([Life.Event], ChildEnding?)] {
            #expect(life(events).ending == ending, "\(events)")
        }
    }

    @Test("one that died of itself while we killed it is told by its own signal")
    func ownSignal() {
        for (events, ending) in [
            ([.ticked, exit(.signal(9))], .deadline), ([.abandoned, exit(.signal(9))], .abandoned),
            ([.ticked, exit(.signal(11))], .crash(signal: 11)),
            ([.abandoned, exit(.signal(24))], .cpu),
            ([.abandoned, exit(.signal(31))], .violation),
        ] as [([Life.Event], ChildEnding?)] {
            #expect(life(events).ending == ending, "\(events)")
        }
    }
}
