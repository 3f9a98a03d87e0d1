import SandboxPolicy
import WireProtocol

/// What becomes of the calls that a policy does not allow.
enum HeldCalls: Sendable {
    /// They end the child that makes them.
    case end
    /// They are recorded and carried out: the posture audit.
    case record
    /// As recorded, but that other rules than the policy's say which calls pass unseen, and that
    /// some are answered or end the child after all: what `policy learn` does.
    case learn(SeccompRules, CallRecording)

    init(under posture: NamedPosture) { self = posture == .audit ? .record : .end }

    /// Calls of one child that are reported, far more than a photograph needs.
    static let mostRecorded: UInt32 = 65_536

    /// The rules that the program is made from.
    func rules(of policy: SeccompRules) -> SeccompRules {
        switch self {
        case .end: policy
        case .record: policy.holdingAll
        case .learn(let rules, _): rules
        }
    }

    var recording: CallRecording? {
        switch self {
        case .end: nil
        case .record: CallRecording(most: Self.mostRecorded)
        case .learn(_, let recording): recording
        }
    }
}

extension SeccompRules {
    /// Where they end a caller, it is held instead.
    fileprivate var holdingAll: SeccompRules {
        var rules = self
        rules.defaultAction = rules.defaultAction.holding
        for index in rules.rules.indices {
            rules.rules[index].action = rules.rules[index].action.holding
        }
        return rules
    }
}

extension SeccompAction {
    fileprivate var holding: SeccompAction {
        switch self {
        case .killProcess, .killThread, .trap, .notify: .notify
        case .allow, .log, .errno, .trace: self
        }
    }
}
