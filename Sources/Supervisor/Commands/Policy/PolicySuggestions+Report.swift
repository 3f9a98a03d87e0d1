import NIOCore
import SandboxPolicy

/// What `policy suggest` says of one policy.
extension PolicySuggestions {
    /// - Parameters:
    ///   - isWritten: Whether the file has been changed.
    ///   - canBeWritten: Whether every call has a rule, those of other policies too.
    func text(_ width: Int?, isWritten: Bool, canBeWritten: Bool) -> String {
        items.map { report(on: $0, width) }.joined(separator: "\n")
            + (isChanged ? "\n" + outcome(isWritten, canBeWritten) + "\n" : "")
    }

    private func outcome(_ isWritten: Bool, _ canBeWritten: Bool) -> String {
        if isWritten { return "Written: \(path). Reload the service, and watch it." }
        if canBeWritten { return "Nothing is written. Write it to \(path) with -w." }
        return "Nothing is written, since not every call got a rule."
    }

    private func report(on item: Item, _ width: Int?) -> String {
        let (call, entry) = (item.suggestion.call, item.suggestion.entry)
        var text = "\(call.text), \(item.reported.text)\n"
        switch item.suggestion.verdict {
        case .alreadyDecided(let action, let rule):
            let decider = rule.map { place(of: $0) } ?? "its default action"
            let written = item.reported.record.policySHA256
            let isOlder =
                written != nil && written != InputDigest.hex(of: ByteBuffer(bytes: before))
            return text + "Already decided: \(action.text), by \(decider). "
                + (isOlder
                    ? "The file is not the one that the child was held by: reload the service if "
                        + "that has not been done.\n" : "Nothing is to be done.\n")
        case .doNotPermit(let reason):
            text += "Do not permit it: \(reason).\n"
            if let risk = entry?.risk { text += "What it would give away: \(risk).\n" }
            return text
        case .permit: text += "Permit it with this rule, in \(path):\n"
        case .answer: text += "Answer it with this rule, without carrying it out, in \(path):\n"
        }
        if let refusal = item.refusal {
            text +=
                "(\(refusal.reason); paste it under linux.seccomp.syscalls)\n"
                + "\n\(refusal.rules)\n\n"
        } else {
            text +=
                (item.added.first == "" ? "" : "\n") + item.added.joined(separator: "\n")
                + "\n\n"
        }
        if let entry {
            text +=
                "What it does: \(entry.purpose). Exposure: \(entry.exposure.label)"
                + (entry.risk.map { ": \($0)" } ?? "") + ".\n"
        }
        for warning in item.suggestion.warnings {
            text += "Warning: \(warning.what); \(warning.hint).\n"
        }
        if let differences = item.differences {
            text += "A is the policy as it is, B has the rule.\n\(differences.text(width))"
        }
        return text
    }

    private func place(of rule: SyscallRule) -> String {
        rule.position == PolicyDocument.addedPosition
            ? "the rule above" : "\(rule.file ?? path):\(rule.position.line)"
    }

    func json(isWritten: Bool) -> JSONValue {
        .object([
            ("path", .string(path)), ("written", .bool(isWritten)),
            ("solved", .bool(isSolved)), ("calls", .array(items.map { json(of: $0) })),
        ])
    }

    private func json(of item: Item) -> JSONValue {
        let (call, entry) = (item.suggestion.call, item.suggestion.entry)
        var members: [(String, JSONValue)] = [
            ("name", .string(SyscallNames.name(of: call.number, call.architecture))),
            ("number", .unsigned(UInt64(call.number))),
            ("arch", .string("0x" + String(call.architecture, radix: 16))),
            ("arguments", .names(call.arguments.map { "0x" + String($0, radix: 16) })),
            ("text", .string(call.text)), ("count", .integer(Int64(item.reported.count))),
            ("stages", .names(item.reported.stages)),
        ]
        members += json(of: item.suggestion.verdict)
        let added = item.added.joined(separator: "\n")
        let rule = item.suggestion.rule
        members += [
            ("rule", Self.optional(rule.map { _ in item.refusal?.rules ?? added })),
            ("comment", Self.optional(rule?.comment)),
            ("not_insertable", Self.optional(item.refusal?.reason)),
            ("exposure", Self.optional(entry?.exposure.label)),
            ("risk", Self.optional(entry?.risk)),
            ("warnings", .names(item.suggestion.warnings.map(\.description))),
            ("diff", item.differences?.json ?? .null),
        ]
        return .object(members)
    }

    private func json(of verdict: RuleSuggestion.Verdict) -> [(String, JSONValue)] {
        var (reason, deciding): (String?, SyscallRule?) = (nil, nil)
        var action: SeccompAction?
        let name: String
        switch verdict {
        case .alreadyDecided(let decided, let rule):
            (name, action, deciding) = ("decided", decided, rule)
        case .permit(let rule): (name, action) = ("permit", rule.action)
        case .answer(let rule): (name, action) = ("answer", rule.action)
        case .doNotPermit(let why): (name, reason) = ("refuse", why)
        }
        let line = deciding.map { JSONValue.integer(Int64($0.position.line)) }
        let ofAction = action.map { JSONValue.members(of: $0) }
        return [("verdict", .string(name)), ("reason", Self.optional(reason))]
            + (ofAction ?? [("action", .null), ("errno", .null)])
            + [
                ("line", line ?? .null),
                ("file", Self.optional(deciding.map { $0.file ?? path })),
            ]
    }

    private static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }
}
