import NIOCore

/// What a ``Child`` does after an event, outside its lock.
struct ChildEffects: Sendable {
    var actions: [Child.Life.Action]
    var process: SharedProcess?
    var outcome: EventLoopPromise<JobOutcome>?

    /// - Parameter answer: what the child said, when that is the event.
    func carryOut(_ answer: ChildAnswer?, tell: (Child.Notice) -> Void) {
        for action in actions {
            switch action {
            case .kill: process?.kill()
            case .offer: tell(.offered)
            case .taint(let reason): tell(.tainted(reason))
            case .replaceZygote: tell(.zygoteIsSilent)
            case .finish: tell(.finished)
            case .answer(.received): outcome?.succeed(.answered(answer ?? .endedEarly))
            case .answer(.deadline): outcome?.succeed(.deadline)
            case .answer(.abandoned): outcome?.succeed(.abandoned)
            case .answer(.lost(let mayRestart)): outcome?.succeed(.lost(mayRestart: mayRestart))
            }
        }
    }
}

extension ChildLife.Action {
    var isAnswer: Bool {
        if case .answer = self { true } else { false }
    }
}
