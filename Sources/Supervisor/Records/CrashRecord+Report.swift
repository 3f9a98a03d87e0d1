import FoundationEssentials
import ImageVocabulary
import RequestSyntax
import SandboxPolicy
import WireProtocol

extension CrashRecord {
    /// - Parameters:
    ///   - id: under which it can be found.
    ///   - ending: how the child ended, which is not well.
    init(_ report: ChildReport, _ ending: ChildEnding, id: String) {
        let life = report.life
        let signature = CrashSignature(report, ending)
        self.init(
            id: id, time: Timestamp.text(report.died), class: ending.class,
            signature: signature.text, signatureSource: signature.source,
            summary: CrashSummary.text(report, ending),
            request: report.job.map { Request($0) },
            child: Child(
                id: report.child, generation: report.generation,
                generationAge: report.generationAge.milliseconds,
                isGenerationReused: report.isReused),
            policy: Policy(report.policy, report.posture),
            input: report.job.map { Input($0) },
            times: Times(life.times, asked: report.date(of: life.times.asked)),
            observed: CrashObservation(report),
            reported: Reported(life, stack: report.reportedStack),
            libraries: Libraries(report.hello))
    }
}

extension CrashRecord.Request {
    init(_ job: ChildReport.JobIdentity) {
        var key: String?
        if case .key(let id)? = job.party { key = id }
        self.init(
            id: job.requestID, traceID: job.traceID, key: key,
            source: job.source.map { UntrustedText.printable($0) })
    }
}

extension CrashRecord.Policy {
    init(_ policy: PolicyIdentity, _ posture: NamedPosture) {
        self.init(
            name: policy.name, sha256: policy.sha256, baseSHA256: policy.baseSHA256,
            programSHA256: policy.programSHA256, posture: posture.rawValue)
    }
}

extension CrashRecord.Input {
    init(_ job: ChildReport.JobIdentity) {
        self.init(
            sha256: job.sha256, bytes: job.bytes, announced: job.announced?.name,
            sniffed: job.sniffed.name, operation: job.operation == .info ? "info" : "process",
            plan: job.operation == .info
                ? (job.wishes.isEmpty ? nil : job.wishes.query)
                : job.plans.map(\.query).joined(separator: " "))
    }
}

extension CrashRecord.Times {
    init(_ times: ChildLife<ContinuousClock>.Times, asked: Date) {
        func since(_ instant: ContinuousClock.Instant?) -> Double? {
            instant.map { ($0 - times.asked).milliseconds }
        }
        self.init(
            asked: Timestamp.text(asked), born: since(times.born), ready: since(times.ready),
            given: since(times.given),
            stages: times.stages.map {
                Stage(stage: $0.stage.name, at: ($0.at - times.asked).milliseconds)
            },
            answered: since(times.answered), killed: since(times.killed), gone: since(times.gone))
    }
}

extension CrashRecord.Reported {
    init(_ life: Child.Life, stack: CrashStack?) {
        let error: String? =
            switch life.killReason {
            case .protocolError(let label): label
            case .lingered: "did not end after its answer"
            default: nil
            }
        self.init(
            stage: life.stage?.name,
            standardError: UntrustedText.printable(life.standardError),
            protocolError: error.map { UntrustedText.printable($0) }, stack: stack)
    }
}

extension CrashRecord.Libraries {
    init(_ hello: ZygoteHello?) {
        self.init(
            libvips: hello.map { UntrustedText.printable($0.libvips) },
            libmagic: hello.map { "\($0.libmagic / 100).\($0.libmagic % 100)" },
            kernel: Self.kernel,
            builds: (hello?.libraries ?? []).map {
                Build(name: UntrustedText.printable($0.name), build: $0.build)
            })
    }

    private static let kernel: String = {
        let bytes = (try? SmallFile.read("/proc/sys/kernel/osrelease", limit: 256).bytes) ?? []
        return UntrustedText.printable(bytes.filter { $0 != UInt8(ascii: "\n") })
    }()
}

extension ChildEnding {
    /// The class in records.
    var `class`: CrashClass {
        switch self {
        case .violation: .violation
        case .crash: .crash
        case .memory: .memory
        case .cpu: .cpu
        case .deadline: .deadline
        case .output: .output
        case .protocolError: .protocol
        case .setup: .setup
        case .abandoned: .abandoned
        case .lost: .lost
        }
    }
}
