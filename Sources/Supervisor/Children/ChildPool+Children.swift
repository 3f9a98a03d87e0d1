import Descriptors
import Glibc
import Logging
import NIOCore
import SandboxPolicy
import Synchronization
import WireProtocol

/// How children are made, and what is done about what happens to them.
extension ChildPool {
    /// Refills when the job that has just taken a child is on its way. Where the next job would have
    /// to wait for it, at once.
    func refillSoon() {
        guard !idle.isEmpty else { return refill() }
        group.next().scheduleTask(in: .milliseconds(2)) { [weak self] in
            Task { @PoolActor in self?.refill() }
        }
    }

    func refill() {
        guard !isStopping, !isWaitingToRefill, let current, mayGiveJobs else { return }
        // One without a job is warm or will be, or its end is on the way and asks again.
        let free = current.children.keys.count { jobs[$0] == nil }
        let missing = settings.warm - free - making
        guard missing > 0 else { return }
        for _ in 0..<missing {
            making += 1
            Task {
                await withTaskExecutorPreference(PoolActor.shared.tasks) {
                    await makeChild(of: current)
                }
            }
        }
    }

    private func makeChild(of generation: Generation) async {
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let place = Child.Place(
            id: id, policy: policy.name, generation: generation.number, budget: policy.budget,
            birth: settings.birth)
        let child: Child
        do {
            defer { making -= 1 }
            child = try await Child.make(place, group: group) { child, notice in
                Task { @PoolActor in self.hear(notice, of: child, generation) }
            }
        } catch {
            return cannotAsk(error)
        }
        guard generation === current, generation.isReady, !isStopping else {
            child.close()
            return generation === current ? () : refill()
        }
        do throws(SystemError) {
            try generation.fork(child)
        } catch {
            child.close()
            // It has died; the news of that is on its way, and a new one with it.
            if error.code == EPIPE { return }
            // It has not read for so long that the socket is full.
            if error.code == EAGAIN { return generation.giveUp() }
            return cannotAsk(error)
        }
        unreported += 1
        apply(rotation.forked(at: .now))
    }

    private func cannotAsk(_ error: any Error) {
        logger.error("a child could not be asked for", metadata: ["error": "\(error)"])
        refillLater(.program("\(error)"))
    }

    func hear(_ notice: Child.Notice, of child: Child, _ generation: Generation) {
        switch notice {
        case .offered: offer(child, generation)
        case .tainted(let reason):
            if generation === current, !isOnTrial { apply(rotation.tainted(reason, at: .now)) }
        case .zygoteIsSilent: generation.giveUp()
        case .finished: report(child, generation)
        }
    }

    private func offer(_ child: Child, _ generation: Generation) {
        guard let hello = generation.hello, let own = child.life.posture else { return }
        let posture = hello.posture.adding(own)
        let records = policy.configuration.recording != nil
        let required = files.posture.required(of: policy.file.requiredLayers)
        let missing = posture.missing(of: required.filter { $0 != .seccomp || !records })
        guard missing.isEmpty else {
            logger.error(
                "a required layer is not in force",
                metadata: ["layers": .array(missing.map { "\($0.rawValue)" })])
            problem = .missing(missing, posture)
            failStart(.missing(missing, posture))
            return child.condemn(.setup)
        }
        guard generation === current, !isStopping else {
            return generation.dismiss { $0 === child }
        }
        childRetry.reset()
        if generation.number > lastFailed { zygoteRetry.reset() }
        problem = nil
        self.posture = posture
        if state != .serving {
            if case .failed = state { logger.notice("the policy is served again") }
            state = .serving
        }
        startup?.resume(returning: .success(posture))
        startup = nil
        idle.append(child)
        tell(self, .offer)
        startNext()
    }

    /// The zygote has reaped it, or has died with it.
    func isGone(_ child: Child, of generation: Generation) {
        idle.removeAll { $0 === child }
        if let job = jobs[child.id], job.holdsSlot {
            jobs[child.id]?.holdsSlot = false
            tell(self, .slotIsFree(job.identity))
        }
        if generation !== current {
            if generation.children.isEmpty, !generation.hasEnded { generation.end() }
            return
        }
        let life = child.life
        if generation.hasEnded { return }
        if life.posture == nil && life.killReason != .dismissed || life.ending == .setup {
            refillLater(problem ?? generation.failure ?? reason(of: life, generation))
        } else {
            refill()
        }
    }

    /// Why a child was never ready, as far as its end tells.
    private func reason(of life: Child.Life, _ generation: Generation) -> StartFailure {
        life.ending == nil ? generation.reason : .child(policy.account(of: life))
    }

    /// After a child that could not be set up, waits before the next one is asked for. A zygote
    /// whose children fail time after time is replaced.
    private func refillLater(_ reason: StartFailure) {
        guard !isStopping, !isWaitingToRefill else { return }
        isWaitingToRefill = true
        refillAlarm?.set(.now + childRetry.next())
        failStart(reason)
        if idle.isEmpty { fail(reason) }
        if childRetry.failures % 5 == 0 { current?.end() }
    }

    private func report(_ child: Child, _ generation: Generation) {
        unreported -= 1
        defer { settleEnd() }
        let life = child.life
        let job = jobs.removeValue(forKey: child.id)
        let ending = life.ending
        job?.identity.charge?.make(ending)
        let isTrial = job?.isTrial ?? isOnTrial
        var report = ChildReport(
            child: child.id, ending: ending, life: life, job: job?.identity,
            generation: generation.number, generationAge: generation.age,
            isReused: job?.isReused ?? false, served: policy, posture: files.posture,
            hello: generation.hello, birth: settings.birth)
        report.isTrial = isTrial
        if let observer {
            return observer.childEnded(
                .init(job: job?.identity, ending: ending, life: life, report: report))
        }
        if !isTrial {
            metrics.childEnded(
                policy: policy.name, ending: ending, hadJob: life.hadJob, exit: life.exit)
            if !life.recordedCalls.isEmpty {
                metrics.callsRecorded(policy: policy.name, count: life.recordedCalls.count)
            }
        }
        // A policy that is only tried tells why it is refused in the reload's own answer.
        let kept = isTrial ? nil : ending.flatMap { records?.append(report, $0) }
        report.log(to: logger, record: kept)
        guard kept != nil, let ending, let charge = job?.identity.charge else { return }
        charge.recorded(ending, signature: CrashSignature(report, ending).text)
    }

    /// No child can be had for now.
    func fail(_ reason: StartFailure) {
        guard !isStopping, state != .starting else { return }
        state = .failed(reason.description)
        tell(self, .outOfService)
    }
}

extension Posture {
    /// These layers and the other's.
    func adding(_ other: Posture) -> Posture {
        var sum = self
        for entry in other.entries { sum.set(entry.layer, entry.state, detail: entry.detail) }
        return sum
    }
}
