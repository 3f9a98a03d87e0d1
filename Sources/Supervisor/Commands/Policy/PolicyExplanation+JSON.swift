import SandboxPolicy

extension PolicyExplanation {
    var json: JSONValue {
        let counts = counts
        return .object([
            ("file", .string(path)), ("architecture", .string(architecture.label)),
            ("default", json(ofDefault: defaultAction)),
            ("carried_out", .integer(Int64(counts.carriedOut))),
            ("answered", .integer(Int64(counts.answered))),
            ("ended", .integer(Int64(counts.ended))),
            ("calls", .array(calls.map { json(of: $0.entry, $0.rules) })),
            (
                "not_for_a_child",
                .array(
                    unconcerned.map { entry in
                        .object(
                            JSONValue.members(of: entry.rule.action) + [
                                ("names", .names(entry.rule.names.map(\.text))),
                                ("file", .string(entry.rule.file ?? path)),
                                ("line", .integer(Int64(entry.rule.position.line))),
                                ("reason", .string(entry.reason)),
                            ])
                    })
            ),
            ("elsewhere", .names(elsewhere)), ("unknown", .names(unknown)),
        ])
    }

    func json(ofDefault action: SeccompAction) -> JSONValue {
        .object(
            JSONValue.members(of: action) + [
                ("meaning", .string(action.meaning)), ("file", .string(defaultPlace.file)),
                ("line", .integer(Int64(defaultPlace.position.line))),
            ])
    }

    func json(of entry: SyscallEntry, _ rules: [SyscallRule]) -> JSONValue {
        .object([
            ("name", .string(entry.name)),
            (
                "numbers",
                .object(
                    SeccompArchitecture.allCases.map { architecture in
                        (
                            architecture.label,
                            entry.number(on: architecture).map { .unsigned(UInt64($0)) } ?? .null
                        )
                    })
            ),
            ("group", .string(entry.group.rawValue)),
            ("exposure", .string(entry.exposure.name)),
            ("purpose", .string(entry.purpose)),
            ("risk", entry.risk.map { .string($0) } ?? .null),
            ("arguments", .names(entry.arguments.map(\.name))),
            ("rules", .array(rules.map { json(of: $0, entry) })),
        ])
    }

    func json(of rule: SyscallRule, _ entry: SyscallEntry?) -> JSONValue {
        .object(
            JSONValue.members(of: rule.action) + [
                ("file", .string(rule.file ?? path)),
                ("line", .integer(Int64(rule.position.line))),
                ("comment", rule.comment.map { .string($0) } ?? .null),
                (
                    "conditions",
                    .array(
                        rule.conditions.map { condition in
                            let text = ConditionText(condition, of: entry, on: architecture)
                            return .object([
                                ("index", .integer(Int64(condition.index))),
                                ("text", .string(text.text)), ("raw", .string(text.raw)),
                                ("note", text.note.map { .string($0) } ?? .null),
                            ])
                        })
                ),
            ])
    }
}

extension SyscallEntry.Exposure {
    /// In JSON.
    fileprivate var name: String {
        switch self {
        case .harmless: "harmless"
        case .limited: "limited"
        case .byArguments: "by_arguments"
        case .dangerous: "dangerous"
        }
    }
}
