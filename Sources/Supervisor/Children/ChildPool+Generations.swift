import Logging
import NIOCore
import SandboxPolicy
import WireProtocol

/// The zygotes of a pool: the one that forks, the next one, which is started ahead, and those that
/// only finish their jobs. ``Rotation`` says when one follows the other.
extension ChildPool {
    /// Starts the first zygote and its children.
    ///
    /// - Returns: the layers that the zygote and a child of it report, or why there are none. The
    ///   pool goes on trying.
    func start() async -> Result<Posture, StartFailure> {
        let limit = Alarm(on: group.next()) { [weak self] in
            self?.failStart(self?.next?.reason ?? .noAnswer(""))
        }
        limit.set(.now + settings.birth * 2)
        let result = await withCheckedContinuation { continuation in
            startup = continuation
            startNext()
        }
        limit.set(nil)
        if case .failure(let reason) = result, state == .starting {
            state = .failed(reason.description)
        }
        return result
    }

    func failStart(_ reason: StartFailure) {
        startup?.resume(returning: .failure(reason))
        startup = nil
    }

    /// Whether a child of the current generation may be given a job.
    var mayGiveJobs: Bool {
        current?.isReady == true && !isStopping && rotation.mayGiveJobs(at: .now)
    }

    /// Starts the next zygote, unless there is one or it is too early to try again.
    func startNext() {
        guard !isStopping, next == nil, retryAlarm?.isSet != true,
            current == nil || settings.rotation != nil
        else { return }
        lastNumber += 1
        var logger = logger
        logger[metadataKey: "generation"] = "\(lastNumber)"
        let generation = Generation(
            number: lastNumber, source: files.source(for: policy.configuration.formats),
            limit: settings.birth,
            eventLoop: group.next(), logger: logger
        ) { [self] in hear($1, of: $0) }
        next = generation
        Task { await generation.start(files, policy.configuration) }
    }

    private func hear(_ notice: Generation.Notice, of generation: Generation) {
        switch notice {
        case .ready:
            files.note(writes: generation.hello?.writes ?? [], of: policy.name)
            let time = generation.age
            metrics.zygoteReady(policy: policy.name, after: time)
            logger.info(
                "zygote ready",
                metadata: [
                    "generation": .stringConvertible(generation.number),
                    "duration_ms": .stringConvertible(time.milliseconds),
                ])
            tellLibraries(of: generation)
            if generation === next { apply(rotation.nextIsReady(at: .now)) }
        case .child(let child, let notice): hear(notice, of: child, generation)
        case .childIsGone(let child): isGone(child, of: generation)
        case .ended: hasEnded(generation)
        }
    }

    // MARK: Changes

    /// Lets the next generation take over, when it is ready or as soon as it is.
    ///
    /// - Returns: whether it has.
    func rotate(_ reason: GenerationReason) async -> Bool {
        guard !isStopping, current != nil, settings.rotation != nil else { return false }
        return await withCheckedContinuation { continuation in
            guard !isStopping else { return continuation.resume(returning: false) }
            changes.append(continuation)
            startNext()
            // In backoff there is no next one to wait for.
            if next == nil { return finishChanges(false) }
            apply(rotation.ask(reason, at: .now))
        }
    }

    func finishChanges(_ hasChanged: Bool) {
        for continuation in changes { continuation.resume(returning: hasChanged) }
        changes = []
    }

    func rotationIsDue() { apply(rotation.tick(at: .now)) }

    func apply(_ actions: [Rotation<ContinuousClock>.Action]) {
        for action in actions {
            switch action {
            case .heldBack: metrics.rotationHeldBack(policy: policy.name)
            case .change(let reason): change(reason)
            }
        }
        if rotation.wantsNext { startNext() }
        rotationAlarm?.set(isStopping ? nil : rotation.nextDeadline)
    }

    private func change(_ reason: GenerationReason) {
        guard let next else { return }
        self.next = nil
        let old = current
        if let old { letGo(old) }
        current = next
        // One that is tried takes over when it serves.
        if !isOnTrial { note(reason, next) }
        refill()
        finishChanges(true)
        if old != nil { startNext() }
    }

    /// The pool has been tried and serves from now on.
    func tookOver() {
        isOnTrial = false
        if let current { note(.reload, current) }
    }

    private func note(_ reason: GenerationReason, _ generation: Generation) {
        metrics.generationStarted(policy: policy.name, reason: reason)
        let fields: Logger.Metadata = [
            "generation": .stringConvertible(generation.number), "reason": "\(reason.rawValue)",
        ]
        if reason == .start {
            logger.info("generation started", metadata: fields)
        } else {
            logger.notice("generation changed", metadata: fields)
        }
    }

    // MARK: Ends

    private func hasEnded(_ generation: Generation) {
        if generation === current {
            current = nil
            lost(generation)
            let reason: GenerationReason = generation.isUnresponsive ? .unresponsive : .died
            apply(rotation.currentEnded(reason, at: .now))
            retry(self.reason(of: generation))
        } else if generation === next {
            next = nil
            rotation.nextEnded()
            if let lack = generation.lack, !isStopping {
                files.note(lack)
                return startNext()
            }
            lost(generation)
            let reason = reason(of: generation)
            failStart(reason)
            finishChanges(false)
            retry(reason)
        } else {
            draining.removeAll { $0 === generation }
        }
        settleEnd()
    }

    private func lost(_ generation: Generation) {
        guard !isStopping else { return }
        lastFailed = generation.number
        logger.error(
            "the zygote has ended",
            metadata: [
                "generation": .stringConvertible(generation.number),
                "reason": "\(reason(of: generation))",
            ])
    }

    /// Starts another zygote: the first time at once, so that nobody who waits is turned away; after
    /// that, until one has children, after a while. Until there is one, nobody waits for it.
    private func retry(_ reason: StartFailure) {
        guard !isStopping, next == nil else { return }
        let delay = zygoteRetry.next()
        if zygoteRetry.failures == 1 { startNext() } else { retryAlarm?.set(.now + delay) }
        if next == nil, !mayGiveJobs { fail(reason) }
    }
}

extension Generation {
    func status(_ role: GenerationStatus.Role, by policy: ServedPolicy) -> GenerationStatus {
        GenerationStatus(
            number: number, role: role, identity: policy.identity, isReady: isReady, age: age,
            forks: forks)
    }
}

extension Duration {
    /// Rounded to microseconds.
    var milliseconds: Double {
        (self / .microseconds(1)).rounded() / 1000
    }
}
