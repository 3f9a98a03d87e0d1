import SandboxPolicy

/// What rules say about a call, read off the rules alone and never off a program.
///
/// A rule applies where all its conditions hold, and several rules for one call are alternatives. A
/// rule without conditions decides alone. Of two rules with different actions that both apply, the
/// one counts that fixes more bits of the argument; ``SeccompRules/conflicts()`` finds every other
/// pair, for which the earlier one counts here. A rule whose action is the default one changes
/// nothing, and neither does a name that the architecture lacks.
struct PolicyMeaning: Sendable {
    struct Decision: Equatable, Sendable {
        var action: SeccompAction
        /// The rule that decides; nil where that is the default action, or the guard against calls
        /// of other architectures.
        var rule: SyscallRule?
    }

    let architecture: SeccompArchitecture
    let defaultAction: SeccompAction
    private let rulesByNumber: [UInt32: [SyscallRule]]

    init(_ rules: SeccompRules, for architecture: SeccompArchitecture) {
        self.architecture = architecture
        defaultAction = rules.defaultAction
        var byNumber: [UInt32: [SyscallRule]] = [:]
        for rule in rules.rules {
            for name in rule.names {
                guard case .number(let number) = SyscallNames.lookup(name.text, on: architecture)
                else { continue }
                byNumber[UInt32(number), default: []].append(rule)
            }
        }
        rulesByNumber = byNumber
    }

    /// Every rule for a number, in the order of the file.
    func rules(for number: UInt32) -> [SyscallRule] { rulesByNumber[number] ?? [] }

    /// The numbers that rules name, in no order.
    var numbers: some Sequence<UInt32> { rulesByNumber.keys }

    func decision(on call: SeccompCall) -> Decision {
        guard call.architecture == architecture.auditValue,
            !architecture.isForeign(number: call.number)
        else { return Decision(action: .killProcess, rule: nil) }
        var decisive: SyscallRule?
        var idle: SyscallRule?
        for rule in rules(for: call.number) where rule.applies(to: call) {
            if rule.action == defaultAction {
                idle = idle ?? rule
            } else if decisive.map({ rule.overrides($0) }) ?? true {
                decisive = rule
            }
        }
        let rule = decisive ?? idle
        return Decision(action: rule?.action ?? defaultAction, rule: rule)
    }
}

extension SyscallRule {
    fileprivate func applies(to call: SeccompCall) -> Bool {
        conditions.allSatisfy { $0.holds(for: call.arguments[Int($0.index)]) }
    }

    /// Whether this rule counts instead of an earlier one that applies too.
    fileprivate func overrides(_ earlier: SyscallRule) -> Bool {
        guard action != earlier.action else { return false }
        if conditions.isEmpty || earlier.conditions.isEmpty {
            return conditions.isEmpty && !earlier.conditions.isEmpty
        }
        guard conditions.count == 1, earlier.conditions.count == 1 else { return false }
        return conditions[0].fixesMoreBits(than: earlier.conditions[0])
    }
}

extension ArgumentCondition {
    /// Whether a value of the argument meets the condition. All comparisons are unsigned.
    func holds(for argument: UInt64) -> Bool {
        switch comparison {
        case .notEqual: argument != value
        case .less: argument < value
        case .lessOrEqual: argument <= value
        case .equal: argument == value
        case .greaterOrEqual: argument >= value
        case .greater: argument > value
        case .maskedEqual: argument & value == valueTwo
        }
    }

    fileprivate func fixesMoreBits(than other: ArgumentCondition) -> Bool {
        index == other.index && comparison == .maskedEqual && other.comparison == .maskedEqual
            && value & other.value == other.value && value != other.value
    }
}
