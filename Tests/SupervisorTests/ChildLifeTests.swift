import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("A child's life")
struct ChildLifeTests {
    private let budget = ChildLife.Budget(memory: 100_000, processor: 10_000_000)

    private func life(_ change: (inout ChildLife) -> Void) -> ChildLife {
        var life = ChildLife()
        life.isReady(Posture())
        life.begin()
        change(&life)
        return life
    }

    private func exit(
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

    @Test("a child that answered and ended is no case for a record")
    func clean() {
        let it = life {
            $0.answered()
            $0.exited(exit(.status(0)))
        }
        #expect(it.ending(budget: budget) == nil)
    }

    @Test("a warm child that was never needed is none either")
    func dismissed() {
        var warm = ChildLife()
        warm.isReady(Posture())
        warm.exited(exit(.status(0)))
        #expect(warm.ending(budget: budget) == nil)
        var killed = ChildLife()
        killed.killed(.dismissed)
        killed.exited(exit(.signal(9)))
        #expect(killed.ending(budget: budget) == nil)
    }

    @Test("exit 0 without an answer is a breach of the protocol")
    func silentExit() {
        let it = life { $0.exited(exit(.status(0))) }
        #expect(it.ending(budget: budget) == .protocolError)
        #expect(life { $0.exited(exit(.status(42))) }.ending(budget: budget) == .protocolError)
    }

    @Test("what the kernel held counts more than what we did afterwards")
    func violationFirst() {
        let it = life {
            $0.observed(call())
            $0.killed(.deadline)
            $0.exited(exit(.signal(9)))
        }
        #expect(it.ending(budget: budget) == .violation)
    }

    @Test("the first denied call is the one in the record")
    func firstCall() {
        let it = life {
            $0.observed(call(number: 1))
            $0.observed(call(number: 2))
        }
        #expect(it.deniedCall?.number == 1)
    }

    @Test("abort stays a crash")
    func abort() {
        let it = life {
            $0.observed(call(isAbort: true))
            $0.exited(exit(.signal(9)))
        }
        #expect(it.ending(budget: budget) == .crash(signal: 6))
        let full = life {
            $0.observed(call(isAbort: true))
            $0.exited(exit(.signal(9), peak: 99_000))
        }
        #expect(full.ending(budget: budget) == .memory(signal: 6))
    }

    @Test("one that stays after its answer broke the protocol, unless it was dying of something")
    func lingered() {
        let staying = life {
            $0.answered()
            $0.killed(.lingered)
            $0.exited(exit(.signal(9)))
        }
        #expect(staying.ending(budget: budget) == .protocolError)
        let dying = life {
            $0.killed(.lingered)
            $0.exited(exit(.signal(11)))
        }
        #expect(dying.ending(budget: budget) == .crash(signal: 11))
    }

    @Test(
        "our own kills are told by their reason",
        arguments: [
            (.deadline, .deadline), (.abandoned, .abandoned), (.output, .output),
            (.protocolError("x"), .protocolError), (.setup, .setup),
        ] as [(ChildLife.KillReason, ChildEnding)])
    func kills(reason: ChildLife.KillReason, ending: ChildEnding) {
        let it = life {
            $0.killed(reason)
            $0.killed(.dismissed)
            $0.exited(exit(.signal(9)))
        }
        #expect(it.ending(budget: budget) == ending)
    }

    @Test("used-up processor time is SIGXCPU, or the kernel's SIGKILL at the hard limit")
    func processor() {
        #expect(life { $0.exited(exit(.signal(24))) }.ending(budget: budget) == .cpu)
        let hard = life { $0.exited(exit(.signal(9), processor: 11_000_000)) }
        #expect(hard.ending(budget: budget) == .cpu)
        let early = life { $0.exited(exit(.signal(9), processor: 1_000)) }
        #expect(early.ending(budget: budget) == .crash(signal: 9))
    }

    @Test("a crash at the memory limit is told apart by the peak")
    func memory() {
        let small = life { $0.exited(exit(.signal(11), peak: 10_000)) }
        #expect(small.ending(budget: budget) == .crash(signal: 11))
        let large = life { $0.exited(exit(.signal(11), peak: 99_000)) }
        #expect(large.ending(budget: budget) == .memory(signal: 11))
    }

    @Test("the filter's own kill is a violation, although its call has no number")
    func foreignArchitecture() {
        #expect(life { $0.exited(exit(.signal(31))) }.ending(budget: budget) == .violation)
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
