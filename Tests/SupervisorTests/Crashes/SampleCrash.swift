import FoundationEssentials
import ImageVocabulary
import SandboxPolicy
import WireProtocol

@testable import Supervisor

/// Crashes for tests of what is made of them.
enum SampleCrash {
    /// Read once: its program is checked against its rules each time, which takes a while.
    private static let policy =
        try? ServedPolicy.load([ReadPolicy.repositoryFile("policies/raster.yaml")]).served.first

    /// The child of a job that was given it, told these events since, and is gone.
    static func report(
        _ events: [Child.Life.Event], generation: Int = 3,
        job: ChildReport.JobIdentity? = job()
    ) throws -> ChildReport {
        guard let policy else { throw Unusable() }
        let start = ContinuousClock.now - .seconds(1)
        var life = Child.Life(asked: start, birth: .seconds(10), budget: policy.budget)
        let all: [Child.Life.Event] =
            [.born, .ready(Posture())]
            + (job == nil ? [] : [.given(deadline: start + .seconds(10))])
            + events
        for (index, event) in all.enumerated() {
            _ = life.handle(event, at: start + .milliseconds(10 * (index + 1)))
        }
        return ChildReport(
            child: 7, ending: life.ending, life: life, job: job, generation: generation,
            generationAge: .milliseconds(1_500), isReused: false, served: policy,
            posture: .strict,
            hello: ZygoteHello(
                posture: Posture(), libvips: "8.18.0", libmagic: 545, restingData: 1_000_000,
                restingAddressSpace: 50_000_000,
                libraries: [LibraryBuild(name: "libvips.so.42", build: "aa55")]),
            birth: .seconds(10))
    }

    static func job() -> ChildReport.JobIdentity {
        ChildReport.JobIdentity(
            requestID: "request-1", traceID: "4bf92f3577b34da6a3ce929d0e0e4736",
            sha256: String(repeating: "ab", count: 32), bytes: 1_234, announced: .png,
            sniffed: .jpeg, operation: .process,
            plans: [Plan(resizing: .fill, width: 300, height: 200, format: .webp)],
            limits: JobLimits(), deadline: .now + .seconds(9))
    }

    static func exit(_ ending: ChildExit.Ending, peak: UInt64 = 20_000) -> Child.Life.Event {
        .exited(
            ChildExit(
                ending: ending, userTime: 12_345, systemTime: 2_000, peakResident: peak,
                minorFaults: 1_000, majorFaults: 1))
    }

    /// `openat(AT_FDCWD, 0x7f00, O_RDONLY)` on x86-64, by the kernel's own numbers.
    static let openat = DeniedCall(
        number: 257, architecture: 0xc000_003e, instructionPointer: 0x7f12_3456_789a,
        arguments: [0xffff_ff9c, 0x7f00, 0, 0, 0, 0], isAbort: false)

    /// One record for each class but `lost`, with what the kernel and the child said of it.
    static func all() throws -> [(class: CrashClass, report: ChildReport)] {
        let killed = exit(.signal(9))
        return [
            (
                .violation,
                try report([.entered(.decoding), .observed(openat), killed, .resultEnded])
            ),
            (
                .crash,
                try report([.printed(Array("\u{1b}[31mred\n".utf8)), exit(.signal(11))])
            ),
            (.memory, try report([exit(.signal(6), peak: 1 << 30)])),
            (.cpu, try report([exit(.signal(24))])),
            (.output, try report([.condemned(.output), killed])),
            (.protocol, try report([.condemned(.protocolError("trailing bytes")), killed])),
            (
                .setup,
                try report(
                    [
                        .failed(SetupFailure(stage: "seccomp", code: 22, detail: "seccomp: no")),
                        exit(.status(1)),
                    ], job: nil)
            ),
            (.abandoned, try report([.abandoned, killed])),
            (.lost, try report([.spoke, .orphaned, .resultEnded])),
        ]
    }

    /// A record of any kind, with an id that sorts by `number`.
    static func record(_ number: Int, _ report: ChildReport) throws -> CrashRecord {
        guard let ending = report.ending else { throw Unusable() }
        let digits = String(number, radix: 16)
        return CrashRecord(
            report, ending, id: String(repeating: "0", count: 20 - digits.utf8.count) + digits)
    }

    struct Unusable: Error {}
}
