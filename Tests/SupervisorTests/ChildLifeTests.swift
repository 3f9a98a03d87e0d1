import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("A child's life")
struct ChildLifeTests {
    private typealias Life = ChildLife<ManualClock>

    private static let start = ManualClock.Instant.after(.zero)
    private static let budget = Life.Budget(memory: 100_000, processor: 10_000_000)

    private let exited = Life.Event.exited(exit(.status(0)))

    /// One that was asked for at the start, has ten seconds to be ready, and was told this since,
    /// each a second after the other.
    private func life(_ events: [Life.Event]) -> (life: Life, actions: [Life.Action]) {
        var life = Life(asked: Self.start, birth: .seconds(10), budget: Self.budget)
        var actions: [Life.Action] = []
        for (index, event) in events.enumerated() {
            actions = life.handle(event, at: .after(.seconds(index + 1)))
        }
        return (life, actions)
    }

    private static let warm: [Life.Event] = [.born, .ready(Posture())]
    /// Its job ends 20 seconds after the start.
    private static let working = warm + [.given(deadline: .after(.seconds(20)))]

    private static func exit(
        _ ending: ChildExit.Ending, peak: UInt64 = 0, processor: UInt64 = 0
    ) -> ChildExit {
        ChildExit(
            ending: ending, userTime: processor, systemTime: 0, peakResident: peak, minorFaults: 0,
            majorFaults: 0)
    }

    private func call(number: UInt32 = 59, isAbort: Bool = false) -> DeniedCall {
        DeniedCall(
            number: number, architecture: 0, instructionPointer: 0,
            arguments: [0, 0, 0, 0, 0, 0], isAbort: isAbort)
    }

    // MARK: What is to be done

    @Test("it is offered when it is ready, and its instants are kept")
    func ready() {
        let (life, actions) = life(Self.warm)
        #expect(actions == [.offer])
        #expect(life.isUsable)
        #expect(life.times.asked == Self.start)
        #expect(life.times.born == .after(.seconds(1)))
        #expect(life.times.ready == .after(.seconds(2)))
        #expect(life.nextDeadline == nil)
    }

    @Test(
        "one that is not ready in time is killed; when it was not even born, its zygote is replaced"
    )
    func birth() {
        var born = life([.born]).life
        #expect(born.nextDeadline == .after(.seconds(10)))
        #expect(born.handle(.ticked, at: .after(.seconds(9))) == [])
        #expect(born.handle(.ticked, at: .after(.seconds(10))) == [.kill])
        #expect(born.ending == .setup)
        var unborn = life([]).life
        #expect(unborn.handle(.ticked, at: .after(.seconds(10))) == [.replaceZygote])
        #expect(unborn.handle(.born, at: .after(.seconds(11))) == [.kill])
    }

    @Test("a job ends at its deadline: the child is killed and the client answered in one step")
    func deadline() {
        var life = life(Self.working).life
        #expect(life.nextDeadline == .after(.seconds(20)))
        #expect(life.handle(.ticked, at: .after(.seconds(20))) == [.answer(.deadline), .kill])
        #expect(life.nextDeadline == nil)
        #expect(life.times.killed == .after(.seconds(20)))
    }

    @Test("a client that goes away takes its child with it")
    func abandoned() {
        #expect(life(Self.working + [.abandoned]).actions == [.answer(.abandoned), .kill])
    }

    @Test(
        "what was answered first stands: neither deadline nor client kill a child that has answered"
    )
    func answeredFirst() {
        var life = life(Self.working + [.answered]).life
        #expect(life.handle(.abandoned, at: .after(.seconds(4))) == [])
        // A second after its answer.
        #expect(life.nextDeadline == .after(.seconds(5)))
        #expect(life.handle(.ticked, at: .after(.seconds(5))) == [.kill])
        #expect(life.killReason == .lingered)
    }

    @Test("a breach of the protocol taints its siblings before anybody is answered")
    func breach() {
        let actions = life(Self.working + [.condemned(.protocolError("x"))]).actions
        #expect(
            actions == [.taint(.protocolError), .kill, .answer(.lost(mayRestart: false))])
    }

    @Test("one whose pipe ends without an answer has a second to end, and the client with it")
    func closedPipe() {
        var life = life(Self.working + [.resultEnded]).life
        #expect(life.nextDeadline == .after(.seconds(5)))
        let actions = life.handle(.ticked, at: .after(.seconds(5)))
        #expect(actions == [.kill, .answer(.lost(mayRestart: false))])
    }

    @Test(
        "a crash is answered when its last word was read and the kernel has spoken, tainted first")
    func crash() {
        for last in [[Life.Event.exited(Self.exit(.signal(11))), .resultEnded]] {
            var (life, actions) = life(Self.working + [.spoke, last[0]])
            #expect(actions == [.taint(.crash)])
            actions = life.handle(last[1], at: .after(.seconds(6)))
            #expect(actions == [.answer(.lost(mayRestart: false))])
        }
        let other = life(
            Self.working + [.resultEnded, .exited(Self.exit(.signal(11)))]
        ).actions
        #expect(other == [.taint(.crash), .answer(.lost(mayRestart: false))])
    }

    @Test("what is left of it is written down once: when it is gone, read to its end and judged")
    func finish() {
        var life = life(Self.working + [.answered, .resultEnded, .errorsEnded, exited]).life
        #expect(life.handle(.judged, at: .after(.seconds(9))) == [.finish])
        #expect(life.handle(.judged, at: .after(.seconds(10))) == [])
        #expect(self.life(Self.warm + [.resultEnded, .errorsEnded, exited]).actions == [.finish])
    }

    @Test("one that nobody needs is killed, also when it is only born afterwards")
    func dismissed() {
        #expect(life(Self.warm + [.dismissed]).actions == [.kill])
        #expect(life([.dismissed]).actions == [])
        #expect(life([.dismissed, .born]).actions == [.kill])
        let life = life([.dismissed, .born, .exited(Self.exit(.signal(9)))]).life
        #expect(life.ending == nil && life.taint == nil)
    }

    // MARK: Whether the job may be tried again

    @Test("a job whose child died with its zygote before it said a word may be started again")
    func restart() {
        let actions = life(Self.working + [.orphaned, .resultEnded]).actions
        #expect(actions == [.answer(.lost(mayRestart: true))])
        #expect(life(Self.working + [.orphaned, .resultEnded]).life.ending == .lost)
    }

    @Test("a job that never reached its child may be, too, once that one is known to be gone")
    func undelivered() {
        let (life, actions) = life(Self.working + [.undelivered])
        #expect(actions == [.kill])
        #expect(!life.hadJob)
        #expect(life.nextDeadline == .after(.seconds(20)))
        let gone = self.life(Self.working + [.undelivered, .resultEnded, .orphaned])
        #expect(gone.actions == [.answer(.lost(mayRestart: true))])
        let late = self.life(
            Self.warm + [.orphaned, .resultEnded, .given(deadline: .after(.seconds(20)))])
        #expect(late.actions == [.answer(.lost(mayRestart: true))])
    }

    @Test("not after a word, a crash, a violation, or an end that we made")
    func noRestart() {
        let ends: [[Life.Event]] = [
            [.spoke, .orphaned], [.observed(call()), .orphaned],
            [.exited(Self.exit(.signal(11)))], [.exited(Self.exit(.signal(9)))],
            [.condemned(.output), .orphaned],
        ]
        for end in ends {
            var life = life(Self.working).life
            let actions = (end + [.resultEnded]).flatMap {
                life.handle($0, at: .after(.seconds(4)))
            }
            #expect(actions.contains(.answer(.lost(mayRestart: false))), "\(end)")
        }
    }

    // MARK: What it came to

    @Test("a child that answered and ended is no case for a record")
    func clean() {
        let life = life(Self.working + [.answered, .resultEnded, exited]).life
        #expect(life.ending == nil)
        #expect(life.taint == nil)
    }

    @Test("exit 0 without an answer is a breach of the protocol")
    func silentExit() {
        for status in [0, 42] as [Int32] {
            let life = life(
                Self.working + [.exited(Self.exit(.status(status))), .resultEnded]
            ).life
            #expect(life.ending == .protocolError)
            #expect(life.taint == .protocolError)
        }
    }

    @Test("what the kernel held counts more than what we did afterwards")
    func violationFirst() {
        var life = life(Self.working + [.observed(call())]).life
        _ = life.handle(.ticked, at: .after(.seconds(20)))
        _ = life.handle(.exited(Self.exit(.signal(9))), at: .after(.seconds(21)))
        #expect(life.killReason == .deadline)
        #expect(life.ending == .violation)
        #expect(life.taint == .violation)
    }

    @Test("the first denied call is the one in the record")
    func firstCall() {
        let life = life(
            Self.working + [.observed(call(number: 1)), .observed(call(number: 2))]
        ).life
        #expect(life.deniedCall?.number == 1)
    }

    @Test("abort stays a crash")
    func abort() {
        let abort = Self.working + [.observed(call(isAbort: true))]
        let small = life(abort + [.exited(Self.exit(.signal(9)))]).life
        #expect(small.ending == .crash(signal: 6))
        #expect(small.taint == .crash)
        let full = life(abort + [.exited(Self.exit(.signal(9), peak: 99_000))]).life
        #expect(full.ending == .memory(signal: 6))
        #expect(full.taint == .crash)
    }

    @Test("one that stays after its answer broke the protocol, unless it was dying of something")
    func lingered() {
        for (signal, ending) in [(9, .protocolError), (11, .crash(signal: 11))]
            as [(Int32, ChildEnding)]
        {
            var life = life(Self.working + [.answered]).life
            _ = life.handle(.ticked, at: .after(.seconds(5)))
            _ = life.handle(.exited(Self.exit(.signal(signal))), at: .after(.seconds(6)))
            #expect(life.ending == ending)
        }
    }

    @Test("our own kills are told by their reason, and teach nobody anything but a breach does")
    func kills() {
        let table: [(ChildLife<ManualClock>.Event, ChildEnding?, GenerationReason?)] = [
            (.abandoned, .abandoned, nil), (.condemned(.output), .output, nil),
            (.condemned(.protocolError("x")), .protocolError, .protocolError),
            (.condemned(.setup), .setup, nil), (.dismissed, nil, nil),
        ]
        for (event, ending, taint) in table {
            let life = life(Self.working + [event, .dismissed, .exited(Self.exit(.signal(9)))]).life
            #expect(life.ending == ending, "\(event)")
            #expect(life.taint == taint, "\(event)")
        }
    }

    @Test("one that crashed while we killed it crashed all the same")
    func crashUnderKill() {
        let life = life(Self.working + [.abandoned, .exited(Self.exit(.signal(11)))]).life
        #expect(life.taint == .crash)
    }

    @Test("used-up processor time is SIGXCPU, or the kernel's SIGKILL at the hard limit")
    func processor() {
        func after(_ exit: ChildExit) -> ChildLife<ManualClock> {
            life(Self.working + [.exited(exit)]).life
        }
        #expect(after(Self.exit(.signal(24))).ending == .cpu)
        #expect(after(Self.exit(.signal(24))).taint == nil)
        let hard = after(Self.exit(.signal(9), processor: 11_000_000))
        #expect(hard.ending == .cpu)
        #expect(hard.taint == nil)
        let early = after(Self.exit(.signal(9), processor: 1_000))
        #expect(early.ending == .crash(signal: 9))
        #expect(early.taint == .crash)
    }

    @Test("a crash at the memory limit is told apart by the peak")
    func memory() {
        let small = life(Self.working + [.exited(Self.exit(.signal(11), peak: 10_000))]).life
        #expect(small.ending == .crash(signal: 11))
        let large = life(Self.working + [.exited(Self.exit(.signal(11), peak: 99_000))]).life
        #expect(large.ending == .memory(signal: 11))
    }

    @Test("the filter's own kill is a violation, although its call has no number")
    func foreignArchitecture() {
        let life = life(Self.working + [.exited(Self.exit(.signal(31)))]).life
        #expect(life.ending == .violation)
        #expect(life.taint == .violation)
    }
}

@Suite("Untrusted text")
struct UntrustedTextTests {
    @Test("nothing in it can move a cursor, colour a terminal or end a line")
    func neutral() {
        let hostile: [UInt8] = [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x0A, 0x0D, 0x00, 0x7F, 0x9B, 0xFF]
        let text = UntrustedText.printable(hostile)
        #expect(text == "\\x1b[31m\\n\\x0d\\x00\\x7f\\x9b\\xff")
        #expect(UntrustedText.printable(Array("a\\nb".utf8)) == "a\\\\nb")
    }
}
