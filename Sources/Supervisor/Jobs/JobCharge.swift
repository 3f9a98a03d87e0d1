import Synchronization

/// Who answers for a job when its child dies of it: carried by the job, and made at most once.
final class JobCharge: Sendable {
    /// Who asked for it; nil where that is not known, or is a proxy.
    let client: AddressBlock?
    private let isMade = Atomic(false)
    private let act: @Sendable (ChildEnding) -> Void
    private let keep: (@Sendable (QuarantineIndex.Origin) -> Void)?

    /// - Parameters:
    ///   - act: called when the job's child has died of it, before the job's client is answered;
    ///     later only for a child that had answered. It must not block.
    ///   - keep: called when there is a record of that, and somebody will want to look at the input;
    ///     nil where none is kept. It must not block.
    init(
        client: AddressBlock? = nil, keep: (@Sendable (QuarantineIndex.Origin) -> Void)? = nil,
        _ act: @escaping @Sendable (ChildEnding) -> Void
    ) {
        self.client = client
        self.keep = keep
        self.act = act
    }

    /// The job's child has ended.
    func make(_ ending: ChildEnding?) {
        guard let ending, ending.isOfItsInput,
            !isMade.exchange(true, ordering: .relaxed)
        else { return }
        act(ending)
    }

    /// There is a record of how the job's child has ended.
    func recorded(_ ending: ChildEnding, signature: @autoclosure () -> String) {
        guard let keep, ending.isWorthQuarantine else { return }
        keep(
            .init(
                client: client?.site, signature: signature(), isViolation: ending == .violation))
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

    /// Whether the child did what no healthy one does, rather than too much of what it was asked.
    var isBreakage: Bool {
        switch self {
        case .violation, .crash, .protocolError: true
        case .memory, .cpu, .output, .deadline, .setup, .abandoned, .lost: false
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
