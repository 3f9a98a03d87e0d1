/// When one generation of children gives way to the next: a pure value that takes in what happens
/// to a pool's zygotes and says when to change.
///
/// The next zygote is kept ready, so that most changes happen at once. A change for a crash comes
/// at most once an interval: a zygote takes tens of milliseconds of a processor to start, and a
/// flood of bad images must not spend them all. Within the interval the generation is reused, and
/// the change is made up for when it ends.
struct Rotation<C: Clock>: Sendable where C.Duration == Duration {
    struct Limits: Sendable {
        /// Most children of one zygote.
        var forks = 10_000
        /// Its largest age.
        var age = Duration.seconds(3_600)
        /// The least time between two changes for a crash.
        var interval = Duration.seconds(1)
    }

    enum Action: Equatable, Sendable {
        /// The next generation takes over, now.
        case change(GenerationReason)
        /// A crash would have asked for a change, but the last one was too short ago.
        case heldBack
    }

    private let limits: Limits
    private var forks = 0
    private var isNextReady = false
    /// The current zygote; nil where there is none.
    private var since: C.Instant?
    /// Why a change is due; the first reason is the one that counts.
    private var pending: GenerationReason?
    /// Something has crashed in the current generation.
    private(set) var isTainted = false
    /// The end of the interval within which a crash changes nothing.
    private var quietEnd: C.Instant?

    init(limits: Limits) {
        self.limits = limits
        pending = .start
    }

    /// Whether children of the current generation may be given jobs: not after a crash, unless the
    /// limit on changes holds the change back.
    func mayGiveJobs(at now: C.Instant) -> Bool {
        since != nil && (!isTainted || isHeldBack(at: now))
    }

    /// Whether a change is due for which there is no zygote yet.
    var wantsNext: Bool { pending != nil && !isNextReady }

    /// When ``tick(at:)`` is due.
    var nextDeadline: C.Instant? {
        guard let since else { return nil }
        if isTainted, let quietEnd { return quietEnd }
        return pending == nil ? since.advanced(by: limits.age) : nil
    }

    /// A child was asked of the current zygote.
    mutating func forked(at now: C.Instant) -> [Action] {
        forks += 1
        return forks >= limits.forks ? ask(.forks, at: now) : []
    }

    /// A child of the current generation crashed, or did what no child does.
    mutating func tainted(_ reason: GenerationReason, at now: C.Instant) -> [Action] {
        isTainted = true
        let actions = ask(reason, at: now)
        return actions.isEmpty && isHeldBack(at: now) ? [.heldBack] : actions
    }

    /// Somebody asks for a change.
    mutating func ask(_ reason: GenerationReason, at now: C.Instant) -> [Action] {
        // What is not for a crash is not held back, whatever else is pending.
        if pending == nil || pending?.isCrash == true && !reason.isCrash { pending = reason }
        return change(at: now)
    }

    /// The current zygote has died.
    mutating func currentEnded(_ reason: GenerationReason, at now: C.Instant) -> [Action] {
        since = nil
        isTainted = false
        pending = reason
        return change(at: now)
    }

    /// The next zygote can fork.
    mutating func nextIsReady(at now: C.Instant) -> [Action] {
        isNextReady = true
        return change(at: now)
    }

    /// The next zygote has died.
    mutating func nextEnded() { isNextReady = false }

    /// Time has passed.
    mutating func tick(at now: C.Instant) -> [Action] {
        if let quietEnd, quietEnd <= now { self.quietEnd = nil }
        if let since, since.advanced(by: limits.age) <= now { return ask(.age, at: now) }
        return change(at: now)
    }

    private func isHeldBack(at now: C.Instant) -> Bool {
        guard let pending, pending.isCrash, since != nil, let quietEnd else { return false }
        return now < quietEnd
    }

    private mutating func change(at now: C.Instant) -> [Action] {
        guard let reason = pending, isNextReady, !isHeldBack(at: now) else { return [] }
        if reason.isCrash { quietEnd = now.advanced(by: limits.interval) }
        pending = nil
        isTainted = false
        isNextReady = false
        forks = 0
        since = now
        return [.change(reason)]
    }
}

extension GenerationReason {
    /// Whether the reason is what a child did, and so may come as often as somebody likes.
    var isCrash: Bool {
        switch self {
        case .crash, .violation, .protocolError: true
        case .start, .forks, .age, .died, .unresponsive, .demand, .reload: false
        }
    }
}
