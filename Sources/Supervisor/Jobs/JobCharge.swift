import Synchronization

/// Who answers for a job when its child dies of it: carried by the job, and made at most once.
final class JobCharge: Sendable {
    private let isMade = Atomic(false)
    private let act: @Sendable (ChildEnding) -> Void

    /// - Parameter act: called when the job's child has died of it, before the job's client is
    ///   answered; later only for a child that had answered. It must not block.
    init(_ act: @escaping @Sendable (ChildEnding) -> Void) { self.act = act }

    /// The job's child has ended.
    func make(_ ending: ChildEnding?) {
        guard let ending, ending.isOfItsInput,
            !isMade.exchange(true, ordering: .relaxed)
        else { return }
        act(ending)
    }
}

extension ChildEnding {
    /// Whether the child died of what it was given, as far as can be told. A deadline also passes on
    /// a machine that is busy, and a child that is lost or was never confined never got that far.
    var isOfItsInput: Bool {
        switch self {
        case .violation, .crash, .memory, .cpu, .output, .protocolError: true
        case .deadline, .setup, .abandoned, .lost: false
        }
    }

    /// Whether somebody will want to look at the input: the child was broken, not just stopped.
    var isWorthQuarantine: Bool {
        switch self {
        case .violation, .crash, .memory: true
        case .cpu, .output, .protocolError, .deadline, .setup, .abandoned, .lost: false
        }
    }
}
