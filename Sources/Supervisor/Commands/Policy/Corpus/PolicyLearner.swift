import ImageVocabulary
import NIOCore
import SandboxPolicy
import Synchronization
import WireProtocol

/// Makes a policy from what trusted images are seen to need.
///
/// First every call is held and let go on; then the corpus runs again under what was made of that,
/// and what is still held is added, until a run holds nothing that is new.
struct PolicyLearner {
    /// The policy whose images they are: the learnt one has its limits and its root.
    let frame: PolicyDocument
    let configuration: ServiceConfiguration
    let corpus: Corpus
    /// Earlier policies that are to go into it.
    let merged: [PolicyInput]

    struct Outcome {
        var policy: LearntPolicy
        /// What was seen, and makes no rule.
        var refused: [ObservedCalls.Refused]
        /// Of the last run.
        var visits: [CorpusRun.Visit]
        var runs: Int
        /// Whether the last run held nothing that was new.
        var isSettled: Bool
    }

    /// Every run adds at least one rule, so few are enough; a corpus that needs more is told of.
    private static let mostRuns = 8
    /// Calls of one child, of which a large photograph makes some thousands.
    private static let mostCalls: UInt32 = 1_000_000

    func learn() async throws(CommandFailure) -> Outcome {
        guard let architecture = SeccompArchitecture.native else {
            throw .failed("No policy covers this machine.")
        }
        let root = frame.glovebox?.root ?? .empty
        let collector = Collector(ObservedCalls(on: architecture, root: root))
        for input in merged { try collector.merge(input.document) }
        var rules = Self.handover(on: architecture)
        var text = ""
        for run in 1...Self.mostRuns {
            let (visits, facts) = try await visit(by: rules, collector, run, architecture)
            try Self.requireOne(of: visits, frame)
            let policy = try Self.policy(collector.calls, frame, facts)
            let isSettled = policy.text == text
            if isSettled || run == Self.mostRuns {
                return Outcome(
                    policy: policy, refused: collector.calls.notPermitted, visits: visits,
                    runs: run, isSettled: isSettled)
            }
            text = policy.text
            rules = policy.document.rules(for: architecture)
        }
        throw .failed("The runs came to no end.")
    }

    /// One image must have come through, or nothing was learnt.
    private static func requireOne(
        of visits: [CorpusRun.Visit], _ frame: PolicyDocument
    ) throws(CommandFailure) {
        guard visits.contains(where: { $0.jobs > 0 }) else {
            throw .failed("No image of the corpus is covered by the policy \(frame.name).")
        }
        guard visits.contains(where: { $0.jobs > 0 && $0.failures.isEmpty }) else {
            let first = visits.lazy.flatMap(\.failures).first
            throw .failed(
                "No image of the corpus came through, so nothing was learnt"
                    + (first.map {
                        ": \(UntrustedText.printable($0.image)), \($0.task.text): "
                            + ($0.verdict?.name ?? $0.cause)
                    } ?? "") + ".")
        }
    }

    private static func policy(
        _ calls: ObservedCalls, _ frame: PolicyDocument, _ run: LearningRun
    ) throws(CommandFailure) -> LearntPolicy {
        do throws(PolicyError) {
            return try LearntPolicy(calls, frame: frame, run: run)
        } catch {
            throw .failed("No policy can be made of what was seen:\n\(error.description)")
        }
    }

    /// What a child does before its listener can be served: all else is held.
    private static func handover(on architecture: SeccompArchitecture) -> SeccompRules {
        let socket = ArgumentCondition(
            index: 0, .maskedEqual, value: 0xffff_ffff, valueTwo: 5)
        return SeccompRules(
            defaultAction: .notify, architectures: [architecture],
            rules: [
                SyscallRule(
                    names: [.init("sendmsg", at: .start)], action: .allow, conditions: [socket])
            ])
    }

    /// Those that the policy will cover. A zygote warms what its policy covers, and what it has
    /// warmed its children need not ask for.
    private var formats: EnabledFormats {
        let ofImages = corpus.images.compactMap { $0.format() }
        let ofMerged = merged.flatMap { $0.document.glovebox?.formats ?? [] }
        let all = Set(ofImages + ofMerged).intersection(frame.glovebox?.formats ?? [])
        return EnabledFormats(
            ImageFormat.allCases.filter(all.contains), from: Origin(.option, "--corpus"))
    }

    private func visit(
        by rules: SeccompRules, _ collector: Collector, _ run: Int,
        _ architecture: SeccompArchitecture
    ) async throws(CommandFailure) -> ([CorpusRun.Visit], LearningRun) {
        let observer = EndedChildren()
        let workers = max(2, System.coreCount)
        var oneShot = OneShot(
            configuration: configuration, keepsSavedRoot: true, workers: workers)
        oneShot.policyFiles = [frame.path]
        oneShot.formats = formats
        oneShot.rotation = .afterEachDeath
        oneShot.observer = observer
        oneShot.learning = .learn(
            rules,
            CallRecording(
                replies: Self.replies(frame.glovebox?.root ?? .empty, architecture),
                most: Self.mostCalls))
        let wasRoot = Privileges.isRoot
        let prepared = try oneShot.prepare()
        try oneShot.giveUpRoot()
        let jobs: JobRunner
        switch await oneShot.start(prepared) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let visits = await CorpusRun(
            jobs: jobs, observer: observer, timeout: configuration.timeout, workers: workers,
            hear: { collector.add($1, of: $0, isWhole: $2) }
        ).visit(corpus, "learning, run \(run)")
        let pool = await jobs.status().pools.first
        await jobs.stop()
        if wasRoot { try Privileges.restore() }
        let libraries = pool?.libraries ?? []
        return (
            visits,
            LearningRun(
                date: String(Timestamp.now().prefix(10)), kernel: "\(KernelVersion.running)",
                libvips: pool?.libvips ?? "",
                libvipsBuild: libraries.first { $0.name.hasPrefix("libvips.so") }?.build,
                libraries: libraries.map { .init(name: $0.name, build: $0.build) },
                merged: merged.map { .init(path: $0.document.path, sha256: $0.sha256) })
        )
    }

    private static func replies(
        _ root: SandboxRoot, _ architecture: SeccompArchitecture
    ) -> [UInt32: CallRecording.Reply] {
        let replies = LearningTable.replies(for: root, on: architecture).map { entry in
            switch entry.reply {
            case .answer(let errno): (entry.number, CallRecording.Reply.answer(errno: errno))
            case .stop: (entry.number, CallRecording.Reply.stop)
            }
        }
        return Dictionary(uniqueKeysWithValues: replies)
    }

    /// Everything that children of several runs were seen to ask for.
    private final class Collector: Sendable {
        private let observed: Mutex<ObservedCalls>

        init(_ calls: ObservedCalls) { observed = Mutex(calls) }

        var calls: ObservedCalls { observed.withLock { $0 } }

        func merge(_ document: PolicyDocument) throws(CommandFailure) {
            do {
                try observed.withLock { try $0.merge(document) }
            } catch {
                throw .failed("\(document.path) cannot be merged: \(error)")
            }
        }

        /// Of an image that did not come through nothing is learnt but what ended its children.
        func add(_ children: [EndedChild], of source: SourceBytes, isWhole: Bool) {
            observed.withLock { observed in
                if isWhole { observed.add(image: source.sha256, format: source.format) }
                for child in children {
                    let held =
                        (isWhole ? child.life.recordedCalls : [])
                        + [child.life.deniedCall].compactMap { $0 }
                    for call in held where !call.isAbort {
                        observed.add(call.asMade, image: source.sha256, format: source.format)
                    }
                }
            }
        }
    }
}
