import SandboxPolicy

/// What `policy diff` says: the findings of all architectures, those that say the same as one.
struct PolicyDifferences {
    /// A finding, and where it holds.
    struct Row {
        /// nil for any call that no rule names.
        var name: String?
        var architectures: [SeccompArchitecture]
        var finding: FilterComparison.Finding
    }

    let one: PolicyInput
    let other: PolicyInput
    let architectures: [SeccompArchitecture]
    let rows: [Row]
    let settings: [PolicySurroundings.Difference]

    init(
        _ one: PolicyInput, _ other: PolicyInput,
        _ comparisons: [(SeccompArchitecture, FilterComparison)]
    ) {
        self.one = one
        self.other = other
        architectures = comparisons.map(\.0)
        settings = PolicySurroundings(one.document, other.document).differences
        var rows: [Row] = []
        for (architecture, comparison) in comparisons {
            for finding in comparison.findings {
                let row = Row(
                    name: finding.numbers > 1
                        ? nil : SyscallNames.name(of: finding.call.number, architecture.auditValue),
                    architectures: [architecture], finding: finding)
                if let known = rows.firstIndex(where: { $0.saysTheSame(as: row) }) {
                    rows[known].architectures.append(architecture)
                } else {
                    rows.append(row)
                }
            }
        }
        self.rows = rows
    }

    /// What differs on every architecture that both files cover.
    ///
    /// - Parameter status: What a command ends with when one of them cannot be compiled.
    init(
        comparing one: PolicyInput, _ other: PolicyInput, orEnd status: CommandFailure.Status
    ) throws(CommandFailure) {
        var comparisons: [(SeccompArchitecture, FilterComparison)] = []
        for architecture in one.architectures where other.architectures.contains(architecture) {
            let sides = try (
                one.side(on: architecture, orEnd: status),
                other.side(on: architecture, orEnd: status)
            )
            comparisons.append(
                (architecture, FilterComparison(sides.0, sides.1, on: architecture)))
        }
        self.init(one, other, comparisons)
    }

    /// How many calls and settings differ in this direction.
    func count(_ direction: FilterComparison.Direction) -> Int {
        calls(direction) + settings.count { $0.direction == direction }
    }

    private func calls(_ direction: FilterComparison.Direction) -> Int {
        let found = rows.filter { $0.finding.direction == direction }
        return Set(found.map { $0.name ?? "" }).count
    }

    func text(_ width: Int?) -> String {
        var text = ""
        if !rows.isEmpty {
            var table = TextTable("CALL", "CHANGE", "ARCHITECTURE", "A", "B", "FOR EXAMPLE")
            for row in rows {
                let finding = row.finding
                table.add(
                    row.name ?? "any other", finding.direction.rawValue,
                    row.architectures.map(\.label).joined(separator: ", "),
                    Self.text(finding.one, in: one), Self.text(finding.other, in: other),
                    finding.call.text)
            }
            text += table.text(width: width) + "\n"
        }
        if !settings.isEmpty {
            var table = TextTable("SETTING", "CHANGE", "A AND B")
            for setting in settings {
                table.add(
                    setting.what, setting.direction.rawValue, "\(setting.one) -> \(setting.other)")
            }
            text += table.text(width: width) + "\n"
        }
        return text + summary + "\n"
    }

    /// "B is wider in 2 calls, narrower in 1."
    var summary: String {
        let only = [one, other].flatMap(\.architectures).filter { !architectures.contains($0) }
        let rest =
            only.isEmpty ? "" : " Only one of the two covers \(only[0].label), not compared."
        var parts: [String] = []
        for direction in FilterComparison.Direction.allCases {
            let counts = [
                (calls(direction), "call"),
                (settings.count { $0.direction == direction }, "setting"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
            guard !counts.isEmpty else { continue }
            parts.append("\(direction.rawValue) in " + counts.joined(separator: " and "))
        }
        if parts.isEmpty { return "A and B are equal." + rest }
        return "B is " + parts.joined(separator: ", ") + "." + rest
    }

    /// "allow (line 34)", "notify (default)".
    private static func text(_ answer: FilterComparison.Answer, in input: PolicyInput) -> String {
        let action = SeccompAction.text(of: answer.returnValue)
        guard let rule = answer.rule else { return "\(action) (default)" }
        let file = rule.file.map { "\($0.split(separator: "/").last ?? ""):" } ?? "line "
        return "\(action) (\(file)\(rule.position.line))"
    }

    var json: JSONValue {
        .object([
            ("a", Self.json(one)), ("b", Self.json(other)),
            ("architectures", .names(architectures.map(\.label))),
            ("equal", .bool(rows.isEmpty && settings.isEmpty)),
            ("wider", .integer(Int64(count(.wider)))),
            ("narrower", .integer(Int64(count(.narrower)))),
            ("changed", .integer(Int64(count(.changed)))),
            ("calls", .array(rows.map(\.json))),
            (
                "settings",
                .array(
                    settings.map {
                        .object([
                            ("what", .string($0.what)),
                            ("direction", .string($0.direction.rawValue)),
                            ("a", .string($0.one)), ("b", .string($0.other)),
                        ])
                    })
            ),
        ])
    }

    private static func json(_ input: PolicyInput) -> JSONValue {
        .object([("path", .string(input.document.path)), ("sha256", .string(input.sha256))])
    }
}

extension PolicyInput {
    fileprivate func side(
        on architecture: SeccompArchitecture, orEnd status: CommandFailure.Status
    ) throws(CommandFailure) -> FilterComparison.Side {
        FilterComparison.Side(
            filter: try program(for: architecture, orEnd: status),
            meaning: PolicyMeaning(document.rules(for: architecture), for: architecture))
    }
}

extension PolicyDifferences.Row {
    /// Whether the same is found on two architectures.
    fileprivate func saysTheSame(as row: Self) -> Bool {
        name == row.name && finding.one == row.finding.one && finding.other == row.finding.other
            && (name == nil || finding.call.arguments == row.finding.call.arguments)
            && architectures != row.architectures
    }

    fileprivate var json: JSONValue {
        .object([
            ("call", name.map { .string($0) } ?? .null),
            ("number", .unsigned(UInt64(finding.call.number))),
            ("architectures", .names(architectures.map(\.label))),
            ("direction", .string(finding.direction.rawValue)),
            (
                "arguments",
                .names(finding.call.arguments.map { "0x" + String($0, radix: 16) })
            ),
            ("text", .string(finding.call.text)),
            ("a", finding.one.json), ("b", finding.other.json),
        ])
    }
}

extension FilterComparison.Answer {
    fileprivate var json: JSONValue {
        let action = SeccompAction(returnValue: returnValue) ?? .killProcess
        return .object(
            JSONValue.members(of: action) + [
                ("line", rule.map { .integer(Int64($0.position.line)) } ?? .null),
                ("file", rule?.file.map { .string($0) } ?? .null),
            ])
    }
}
