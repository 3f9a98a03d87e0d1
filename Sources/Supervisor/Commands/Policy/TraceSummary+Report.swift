import SandboxPolicy

/// The summary for people, and as JSON.
extension TraceSummary {
    func text(_ width: Int?) -> String {
        var table = TextTable("ACTION", "COUNT", "RULE", "CALL", flexible: [0])
        for row in sorted {
            table.add(row.action, "\(row.count)", rule(row), row.call)
        }
        var text = rows.isEmpty ? "" : table.text(width: width) + "\n"
        for line in unreadable {
            text += "line \(line.line): \(line.reason); not read\n"
        }
        if unreadableCount > unreadable.count {
            text += "and \(unreadableCount - unreadable.count) more lines that cannot be read\n"
        }
        return text + summary.map { $0 + "\n" }.joined()
    }

    private func rule(_ row: Row) -> String {
        var places: [String] = []
        for decision in row.possible {
            let place =
                switch decision.source {
                case .rule(let rule):
                    (rule.file.map { "\($0.split(separator: "/").last ?? ""):" } ?? "line ")
                        + "\(rule.position.line)"
                case .standard: "default"
                case .architecture: "architecture"
                }
            if !places.contains(place) { places.append(place) }
        }
        return places.count > 3
            ? places.prefix(3).joined(separator: ", ") + ", …"
            : places.joined(separator: ", ")
    }

    private var summary: [String] {
        var lines: [String] = []
        let skipped = TraceLine.Aside.allCases.compactMap { aside in
            asides[aside].map { "\($0) \(aside.rawValue)" }
        }
        lines.append(
            "\(calls) calls, \(rows.count) that rules tell apart"
                + (skipped.isEmpty ? "." : "; besides \(skipped.joined(separator: ", "))."))
        if unshown > 0 {
            lines.append(
                "\(unshown) calls are counted and not shown: rules tell more than "
                    + "\(Self.largestDistinct) apart.")
        }
        if unreadableCount > 0 {
            lines.append("\(unreadableCount) lines cannot be read, so nothing is said of them.")
        }
        let undecided = rows.contains { $0.width == .ended && $0.possible.count > 1 }
        switch ending {
        case 0: lines.append("No call that was read ends the child.")
        default:
            lines.append(
                "\(ending) calls end the child"
                    + (undecided ? ", or could: the trace does not tell their arguments." : "."))
        }
        return lines
    }

    var json: JSONValue {
        .object([
            ("file", .string(simulation.path)),
            ("architecture", .string(simulation.architecture.label)),
            ("fit", .bool(isFit)), ("calls", .integer(Int64(calls))),
            ("ending", .integer(Int64(ending))), ("unshown", .integer(Int64(unshown))),
            ("distinct", .array(sorted.map { json($0) })),
            (
                "skipped",
                .object(
                    TraceLine.Aside.allCases.compactMap { aside in
                        asides[aside].map { ("\(aside)", .integer(Int64($0))) }
                    })
            ),
            ("unreadable", .integer(Int64(unreadableCount))),
            (
                "unreadable_lines",
                .array(
                    unreadable.map {
                        .object([
                            ("line", .integer(Int64($0.line))), ("reason", .string($0.reason)),
                        ])
                    })
            ),
        ])
    }

    private func json(_ row: Row) -> JSONValue {
        let name = SyscallNames.name(of: row.key.number, row.key.architecture)
        return .object([
            ("call", .string(row.call)), ("name", .string(name)),
            ("number", .unsigned(UInt64(row.key.number))),
            ("count", .integer(Int64(row.count))), ("line", .integer(Int64(row.line))),
            ("decided", .bool(row.possible.count == 1)),
            ("possible", .array(row.possible.map { simulation.json($0) })),
        ])
    }
}

extension PolicySimulation {
    func json(_ decision: Decision) -> JSONValue { .object(members(decision)) }

    func members(_ decision: Decision) -> [(String, JSONValue)] {
        let rule = decision.source.rule
        return JSONValue.members(of: decision.action) + [
            ("meaning", .string(decision.action.meaning)),
            ("source", .string(decision.source.name)),
            (
                "file",
                .string(
                    decision.source == .standard ? defaultPlace.file : rule?.file ?? path)
            ),
            (
                "line",
                decision.source == .architecture
                    ? .null : .integer(Int64(rule?.position.line ?? defaultPlace.position.line))
            ),
            ("comment", rule?.comment.map { .string($0) } ?? .null),
        ]
    }
}
