import SandboxPolicy

/// Comparisons of C's int with 64 bits. The kernel looks at the lower half alone, and whoever has
/// taken a process over chooses the upper one.
enum UpperHalfCheck {
    private static let hint = "compare it under the mask 0xffffffff with SCMP_CMP_MASKED_EQ"

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.rules.flatMap { entry in
            entry.rule.conditions.indices.flatMap { index in
                flaws(subject, entry.rule, at: index)
            }
        }
    }

    private static func flaws(
        _ subject: LintSubject, _ rule: SyscallRule, at index: Int
    ) -> [PolicyDiagnostic] {
        let condition = rule.conditions[index]
        guard !condition.isNeverMet, !condition.isAlwaysMet,
            let effect = condition.effectOfUpperHalf
        else { return [] }
        let names = rule.names.filter { name in
            guard let entry = SyscallCatalogue.entry(name.text),
                condition.index < entry.arguments.count
            else { return false }
            return entry.arguments[Int(condition.index)].kind.isPassedAsInt
        }
        guard let first = names.first else { return [] }
        let argument = "argument \(condition.index) of '\(first.text)' is an int"
        let (severity, what): (PolicyDiagnostic.Severity, String) =
            switch (rule.action.permits, effect) {
            case (true, .met):
                (
                    .error,
                    "\(argument), and anything in the upper half of its register meets this "
                        + "comparison: what it is to keep out comes through"
                )
            case (true, .missed):
                (
                    .warning,
                    "\(argument), and a call that is meant misses this comparison where the upper "
                        + "half of its register is not 0"
                )
            case (false, .met):
                (
                    .warning,
                    "\(argument), and calls that are not meant meet this comparison where the "
                        + "upper half of its register is not 0"
                )
            case (false, .missed):
                names.contains { subject.isCarriedOut($0.text) }
                    ? (
                        .error,
                        "\(argument), and with anything in the upper half of its register a call "
                            + "passes by this denial"
                    )
                    : (
                        .warning,
                        "\(argument), and a call misses this comparison where the upper half of "
                            + "its register is not 0"
                    )
            }
        return [
            PolicyDiagnostic(
                severity, .unmaskedComparison, file: rule.file ?? subject.document.path,
                at: rule.position(ofCondition: index), what: what, hint: hint)
        ]
    }
}

extension LintSubject {
    /// Whether a call of this name can be carried out, by some rule or by the default action.
    fileprivate func isCarriedOut(_ name: String) -> Bool {
        defaultAction.permits || !carriedOut(name).isEmpty
    }
}

extension ArgumentCondition {
    /// What garbage in the upper half of a register does to a comparison.
    fileprivate enum Effect { case met, missed }

    /// Nil where the upper half does not matter.
    fileprivate var effectOfUpperHalf: Effect? {
        switch comparison {
        case .notEqual, .greater, .greaterOrEqual: .met
        case .equal, .less, .lessOrEqual: .missed
        case .maskedEqual: value >> 32 == 0 ? nil : .missed
        }
    }
}

extension SyscallArgument.Kind {
    /// Whether C programs pass it as an int, also where the kernel would take all 64 bits: the C
    /// library leaves the upper half of the register as it was.
    fileprivate var isPassedAsInt: Bool {
        switch self {
        case .protection, .mapFlags, .remapFlags, .cloneFlags: true
        default: isInt
        }
    }
}
