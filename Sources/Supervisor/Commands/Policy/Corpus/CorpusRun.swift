import ImageVocabulary
import NIOPosix
import WireProtocol

extension Rotation.Limits {
    /// For runs in which every image counts: no sibling of a child that died gets the next one, and
    /// none waits for that.
    static var afterEachDeath: Self {
        Self(forks: .max, age: .seconds(1 << 30), interval: .zero)
    }
}

/// Sends the images of a corpus through children of one policy, several at a time, and collects what
/// became of each.
struct CorpusRun: Sendable {
    /// An image that did not come through.
    struct Failure: Sendable {
        var image: String
        var sha256: String
        var task: CorpusTask
        /// The class of the child's end, or the name of the job's failure.
        var cause: String
        /// The last stage the child said it was in.
        var stage: Stage?
        /// The call that ended it.
        var call: DeniedCall?
        /// Why it was refused, when it was.
        var verdict: Verdict?
    }

    /// One whose bytes no child of the policy was given.
    struct Skipped: Sendable {
        var image: String
        var reason: String
    }

    /// What became of one image.
    struct Visit: Sendable {
        var format: ImageFormat?
        var jobs = 0
        var failures: [Failure] = []
        var skipped: Skipped?
    }

    /// What the children of one image were seen to ask for.
    ///
    /// - Parameter isWhole: whether the image came through in all of them.
    typealias Hearing =
        @Sendable (
            _ image: SourceBytes, _ children: [EndedChild], _ isWhole: Bool
        ) -> Void

    let jobs: JobRunner
    let observer: EndedChildren
    /// For each job.
    let timeout: Duration
    /// Images at a time.
    let workers: Int
    let hear: Hearing

    /// - Parameter label: of the progress bar.
    func visit(_ corpus: Corpus, _ label: String) async -> [Visit] {
        var bar = ProgressBar(label, total: corpus.images.count)
        defer { bar.finish() }
        return await withTaskGroup(of: (Int, Visit).self) { group in
            var visits = [Visit](repeating: Visit(), count: corpus.images.count)
            var next = 0
            func begin() {
                guard next < corpus.images.count else { return }
                let (index, image) = (next, corpus.images[next])
                next += 1
                group.addTask { (index, await visit(image, number: index)) }
            }
            for _ in 0..<workers { begin() }
            for await (index, visit) in group {
                visits[index] = visit
                bar.advance()
                begin()
            }
            return visits
        }
    }

    private func visit(_ image: Corpus.Image, number: Int) async -> Visit {
        var visit = Visit()
        let limits = jobs.widestLimits
        let source: SourceBytes
        do {
            source = try await NIOThreadPool.singleton.runIfActive {
                try image.read(atMost: Int(clamping: limits.inputBytes))
            }
        } catch {
            let reason = (error as? Corpus.Image.Unusable)?.reason ?? "\(error)"
            visit.skipped = Skipped(image: image.name, reason: reason)
            return visit
        }
        visit.format = source.format
        guard let own = jobs.limits(for: source.format) else {
            visit.skipped = Skipped(
                image: image.name, reason: "The policy does not cover \(source.format.name).")
            return visit
        }
        var children: [EndedChild] = []
        for (index, task) in CorpusTask.all.enumerated() {
            let id = "\(number)-\(index)"
            let job = task.job(source, id: id, limits: own, deadline: .now + timeout)
            // What this libvips cannot write says nothing about the policy.
            guard jobs.unwritable(JobNeed(job)).isEmpty else { continue }
            visit.jobs += 1
            let (child, failure) = await run(job, task, image.name)
            if let child { children.append(child) }
            if let failure { visit.failures.append(failure) }
        }
        hear(source, children, visit.failures.isEmpty)
        return visit
    }

    /// - Returns: the child, where one had the job, and the failure, where it is one.
    private func run(
        _ job: Job, _ task: CorpusTask, _ image: String
    ) async -> (EndedChild?, Failure?) {
        var failure = Failure(
            image: image, sha256: job.input.sha256, task: task, cause: "", stage: nil)
        var isFailed = false
        do throws(JobFailure) {
            _ = try await jobs.run(job)
        } catch {
            isFailed = true
            failure.cause = error.name
            if case .refused(let verdict) = error { failure.verdict = verdict }
            // No child ever had it.
            if error == .unavailable { return (nil, failure) }
        }
        guard let child = await observer.child(of: job.requestID) else {
            return (nil, failure)
        }
        guard isFailed || child.ending != nil else { return (child, nil) }
        if let ending = child.ending { failure.cause = ending.name }
        failure.stage = child.life.stage
        failure.call = child.life.deniedCall
        return (child, failure)
    }
}
