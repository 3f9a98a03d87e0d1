import SandboxPolicy

/// The explanation for people, and for programs that read lines.
extension PolicyExplanation {
    /// Below this many columns a rule's conditions and its comment stand under each other.
    private static let wide = 112

    /// - Parameter width: Characters of a line; nil makes one line of every row.
    func text(_ width: Int?) -> String {
        [heading(width), exposedText(width), grantedText(width), otherRules(width), rest(width)]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func heading(_ width: Int?) -> String {
        let counts = counts
        let ofThese = exposed.isEmpty ? "" : " (\(exposed.count) of them more exposed than others)"
        return Self.paragraph(
            "\(path) on \(architecture.label): of \(counts.carriedOut + counts.answered + counts.ended)"
                + " calls \(counts.carriedOut) may pass\(ofThese), \(counts.answered) are answered "
                + "without being carried out, \(counts.ended) end the child.", width)
    }

    private func exposedText(_ width: Int?) -> String {
        guard !exposed.isEmpty else { return "" }
        var table = TextTable(
            "MOST EXPOSED", "", "HELD BY", "WHAT IT GIVES UNLESS HELD", flexible: [2])
        for call in exposed {
            table.add(
                call.entry.name, call.entry.exposure.label, call.heldBy, call.entry.risk ?? "")
        }
        return table.text(width: width)
    }

    private func grantedText(_ width: Int?) -> String {
        guard !granted.isEmpty else { return "" }
        var table =
            if let width, width >= Self.wide {
                TextTable("CALL", "EXPOSURE", "LINE", "MAY PASS", "WHY", flexible: [3])
            } else if width != nil {
                TextTable("CALL", "EXPOSURE", "LINE", "MAY PASS, AND WHY")
            } else {
                TextTable("CALL", "GROUP", "EXPOSURE", "LINE", "MAY PASS, AND WHY")
            }
        var group: SyscallEntry.Group?
        for call in granted {
            if call.entry.group != group {
                group = call.entry.group
                table.addSection("-- \(call.entry.group.rawValue)")
            }
            for (index, rule) in call.grants.enumerated() {
                let isFirst = index == 0 || width == nil
                add(rule, of: call.entry, isFirst: isFirst, to: &table, width)
            }
        }
        return table.text(width: width)
    }

    private func add(
        _ rule: SyscallRule, of entry: SyscallEntry, isFirst: Bool, to table: inout TextTable,
        _ width: Int?
    ) {
        let (name, exposure) = (isFirst ? entry.name : "", isFirst ? entry.exposure.label : "")
        let passing = conditions(rule, of: entry) + (rule.action == .log ? " (logged)" : "")
        let why = rule.reason
        guard let width else {
            return table.add(
                entry.name, entry.group.rawValue, exposure, place(rule), "\(passing) -- \(why)")
        }
        if width >= Self.wide {
            table.add(name, exposure, place(rule), passing, why)
        } else {
            table.add(name, exposure, place(rule), "\(passing)\n  \(why)")
        }
    }

    /// Rules that let nothing pass, those that change nothing included.
    private func otherRules(_ width: Int?) -> String {
        let others = rules.filter { !$0.action.permits }
        guard !others.isEmpty else { return "" }
        var table = TextTable("NOT CARRIED OUT", "LINE", "CALLS, AND WHY")
        for rule in others {
            let here = calls.filter { call in
                rule.names.contains { $0.text == call.entry.name }
            }
            guard let first = here.first else { continue }
            let names = here.map(\.entry.name).joined(separator: ", ")
            let conditions = rule.conditions.isEmpty ? "" : ": \(conditions(rule, of: first.entry))"
            let why = (width == nil ? " -- " : "\n  ") + rule.reason
            table.add(rule.action.text, place(rule), names + conditions + why)
        }
        return table.isEmpty ? "" : table.text(width: width)
    }

    private func rest(_ width: Int?) -> String {
        var text = Self.paragraph(
            "Everything else (\(defaultText)): \(defaultAction.text): "
                + "\(defaultAction.meaning).", width)
        text += Self.paragraph(
            "A call made as another architecture"
                + (architecture == .amd64 ? ", x32 included" : "")
                + ": \(SeccompAction.killProcess.meaning).", width)
        if !unconcerned.isEmpty {
            var table = TextTable("NOT FOR A CHILD", "LINE", "CALLS", flexible: [0])
            for entry in unconcerned {
                table.add(
                    entry.reason, place(entry.rule),
                    "\(entry.rule.action.text): "
                        + entry.rule.names.map(\.text).joined(separator: ", "))
            }
            text += "\n" + table.text(width: width)
        }
        if !elsewhere.isEmpty {
            text +=
                "\n"
                + Self.paragraph(
                    "Calls of other architectures, for which there is nothing to do here: "
                        + elsewhere.joined(separator: ", ") + ".", width)
        }
        if !unknown.isEmpty {
            text +=
                "\n"
                + Self.paragraph(
                    "Names of no known call, which let nothing pass: "
                        + unknown.joined(separator: ", ") + ".", width)
        }
        return text
    }

    private static func paragraph(_ text: String, _ width: Int?) -> String {
        guard let width else { return text + "\n" }
        return WrappedText.lines(text, columns: width).map { $0 + "\n" }.joined()
    }
}
