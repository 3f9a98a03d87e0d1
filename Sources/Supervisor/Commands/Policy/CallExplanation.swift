import SandboxPolicy

/// What a policy does with one call.
struct CallExplanation {
    let policy: PolicyExplanation
    let entry: SyscallEntry
    /// Those that concern a child, in the order of the file.
    let rules: [SyscallRule]
    let unconcerned: [PolicyExplanation.Unconcerned]

    init(_ entry: SyscallEntry, in policy: PolicyExplanation) {
        self.policy = policy
        self.entry = entry
        rules = policy.calls.first { $0.entry.name == entry.name }?.rules ?? []
        unconcerned = policy.unconcerned.filter { $0.rule.names.contains { $0.text == entry.name } }
    }

    func text(_ width: Int?) -> String {
        var text = Self.lines([("\(entry.name)", entry.purpose)], width)
        text += Self.lines(facts, width)
        for rule in rules {
            text += "\n" + Self.lines([(policy.location(rule), rule.action.text)], width)
            text += Self.lines(self.facts(of: rule), width)
        }
        text += "\n" + Self.lines([(rules.isEmpty ? "no rule" : "otherwise", otherwise)], width)
        for entry in unconcerned {
            text += Self.lines(
                [
                    (
                        "not for a child",
                        "\(policy.location(entry.rule)): \(entry.rule.action.text): \(entry.reason)"
                    )
                ], width)
        }
        return text
    }

    private var facts: [(String, String)] {
        let numbers = SeccompArchitecture.allCases.map { architecture in
            entry.number(on: architecture).map { "\($0) on \(architecture.label)" }
                ?? "none on \(architecture.label)"
        }
        let arguments = entry.arguments.map(\.name).joined(separator: ", ")
        return [
            ("  group", entry.group.rawValue),
            ("  exposure", entry.exposure.label + (entry.risk.map { ": \($0)" } ?? "")),
            ("  number", numbers.joined(separator: ", ")),
            ("  arguments", arguments.isEmpty ? "none" : arguments),
        ]
    }

    private func facts(of rule: SyscallRule) -> [(String, String)] {
        let texts = rule.conditions.map {
            ConditionText($0, of: entry, on: policy.architecture)
        }
        var facts = texts.enumerated().map { index, text in
            (index == 0 ? "  when" : "  and", text.text)
        }
        if texts.isEmpty { facts.append(("  when", "always")) }
        facts += texts.compactMap { text in text.note.map { ("  note", $0) } }
        facts.append(("  why", rule.reason))
        facts.append(("  then", rule.action.meaning))
        return facts
    }

    /// What happens to a call that meets no rule.
    var otherwise: String {
        if rules.contains(where: { $0.conditions.isEmpty }) {
            return "never: one rule takes them all"
        }
        let action = policy.defaultAction
        let text = "\(action.text): \(action.meaning) (\(policy.defaultText))"
        guard rules.isEmpty, !action.permits else { return text }
        return text + ". Allowing it would give who has taken the child over "
            + (entry.risk ?? "nothing beyond the process")
    }

    /// Labels, and texts that stand under each other.
    private static func lines(_ facts: [(String, String)], _ width: Int?) -> String {
        let column = 14
        return facts.map { label, text in
            let gap = String(repeating: " ", count: max(2, column - label.count))
            guard let width else { return "\(label)\(gap)\(text)\n" }
            let indent = label.count + gap.count
            return WrappedText.cell(text, columns: max(20, width - indent)).enumerated()
                .map { index, line in
                    (index == 0 ? label + gap : String(repeating: " ", count: indent)) + line + "\n"
                }.joined()
        }.joined()
    }

    /// As ``PolicyExplanation/json``, with this call alone.
    var json: JSONValue {
        guard case .object(let members) = policy.json else { return .null }
        let kept: [(String, JSONValue)] = members.compactMap { member in
            switch member.0 {
            case "calls": ("calls", .array([policy.json(of: entry, rules)]))
            case "not_for_a_child", "elsewhere", "unknown", "carried_out", "answered", "ended": nil
            default: member
            }
        }
        return .object(kept)
    }
}
