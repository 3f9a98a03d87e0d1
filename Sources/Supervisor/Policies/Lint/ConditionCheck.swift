import SandboxPolicy

/// Comparisons that compare nothing, or not what their author thinks.
enum ConditionCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.rules.flatMap { entry in
            entry.rule.conditions.indices.flatMap { index in
                flaws(in: entry.rule, at: index).map { flaw in
                    PolicyDiagnostic(
                        flaw.severity, flaw.check, file: entry.rule.file ?? subject.document.path,
                        at: entry.rule.position(ofCondition: index), what: flaw.what,
                        hint: flaw.hint)
                }
            }
        }
    }

    private struct Flaw {
        var severity = PolicyDiagnostic.Severity.error
        var check = PolicyCheck.emptyCondition
        let what: String
        let hint: String
    }

    private static func flaws(in rule: SyscallRule, at index: Int) -> [Flaw] {
        let condition = rule.conditions[index]
        let argument = "argument \(condition.index)"
        if condition.isNeverMet {
            return [
                Flaw(
                    what: "no value of \(argument) meets this condition, so the rule never counts",
                    hint: "remove the rule, or write the bound that was meant")
            ]
        }
        if condition.isAlwaysMet {
            return [
                Flaw(
                    what: "every value of \(argument) meets this condition",
                    hint: "remove the condition, or write the bound that was meant")
            ]
        }
        var seen: Set<String> = []
        return rule.names.compactMap { name in
            guard let entry = SyscallCatalogue.entry(name.text) else { return nil }
            return flaw(of: condition, in: entry)
        }.filter { seen.insert($0.what).inserted }
    }

    private static func flaw(of condition: ArgumentCondition, in entry: SyscallEntry) -> Flaw? {
        let count = entry.arguments.count
        guard condition.index < count else {
            let known =
                count == 0 ? "no arguments" : count == 1 ? "1 argument" : "\(count) arguments"
            return Flaw(
                what: "'\(entry.name)' has \(known), and argument \(condition.index) is what "
                    + "happens to be in a register",
                hint: count == 0
                    ? "remove the condition" : "compare an argument from 0 to \(count - 1)")
        }
        let argument = entry.arguments[Int(condition.index)]
        guard argument.kind == .pointer, !condition.isAboutNull else { return nil }
        return Flaw(
            severity: .warning, check: .pointerComparison,
            what: "argument \(condition.index) of '\(entry.name)' is an address, and what lies "
                + "there may change after the comparison",
            hint: "compare it with 0, or not at all")
    }
}

extension ArgumentCondition {
    /// Whether it tells an address from none.
    fileprivate var isAboutNull: Bool {
        switch comparison {
        case .equal, .notEqual, .greater: value == 0
        case .maskedEqual: value == .max && valueTwo == 0
        case .greaterOrEqual, .less: value == 1
        case .lessOrEqual: value == 0
        }
    }
}
