import RequestSyntax

/// imgproxy's variables as settings: what became of each of them, and the configuration that comes of
/// it. Every value went through the shape of its setting, so that the whole can be loaded.
struct ImgproxyImport {
    private(set) var findings: [Finding] = []
    /// Settings with their texts.
    private(set) var written: [String: String] = [:]
    private var configuration = ServiceConfiguration()
    private let context: ImportContext

    /// What became of one variable.
    struct Finding: Equatable {
        let name: String
        var outcome: Outcome
        /// The settings that it became.
        var settings: [String]
        /// Whole sentences; empty where there is nothing to say.
        var reason: String
        let weight: ImgproxyVariable.Weight

        /// Whether URLs may give something else than they did, or more may be asked for.
        var matters: Bool { outcome == .unsupported && weight != .operation }
    }

    enum Outcome: String, CaseIterable {
        case taken
        /// The variable is not set, and imgproxy then does something else than Glovebox.
        case `default`
        case changed, unsupported
    }

    /// Settings to which several variables add.
    private static let lists: Set = ["result.auto", "result.enforce", "sources.addresses"]

    /// A rule about settings names one of them; where that was not written, this one was.
    private static let partners = [
        "salt": "key", "memory": "max_input_bytes",
        "http.connections_per_address": "http.connections",
        "s3.secret_key": "s3.access_key", "s3.access_key": "s3.secret_key",
    ]

    /// - Parameter values: the variables, as ``ImportedVariables`` has them.
    init(_ values: [String: String]) {
        context = ImportContext(values: values.filter { !$0.value.isEmpty })
        // Without imgproxy's word for it, AWS's variables are about something else.
        let names = values.keys.filter { name in
            name.hasPrefix("IMGPROXY_")
                || (context.readsBuckets && Self.row(of: name) != nil)
        }.sorted()
        let rows = Dictionary(grouping: names) { Self.row(of: $0) ?? -1 }
        for (index, row) in ImgproxyVariables.all.enumerated() {
            let names = rows[index] ?? []
            for name in names { take(name, row) }
            if context.values[row.names[0]] == nil { takeUnset(row) }
        }
        for name in rows[-1] ?? [] { takeUnknown(name) }
        settlePresets()
        settleRules()
    }

    /// The place of the row about a variable; a name that is written out comes before stars.
    private static func row(of name: String) -> Int? {
        let rows = ImgproxyVariables.all
        return rows.firstIndex { $0.names.contains(name) } ?? rows.firstIndex { $0.covers(name) }
    }

    private mutating func take(_ name: String, _ row: ImgproxyVariable) {
        guard let value = context.values[name] else {
            return add(name, row, .taken, [], "It is empty, which is as if it were not set.")
        }
        if let other = row.yieldsTo, context.values[other] != nil {
            return add(name, row, .taken, [], "\(other) is set, and comes first.")
        }
        take(row.translate(value, context), name, row)
    }

    private mutating func takeUnset(_ row: ImgproxyVariable) {
        guard let translation = row.whenUnset?(context) else { return }
        take(translation, row.names[0], row)
        let last = findings.endIndex - 1
        if findings[last].outcome != .unsupported { findings[last].outcome = .default }
    }

    private mutating func take(
        _ translation: ImgproxyVariable.Translation, _ name: String, _ row: ImgproxyVariable
    ) {
        let (outcome, settings, reason): (Outcome, [ImgproxyVariable.Written], String) =
            switch translation {
            case .taken(let settings, let note): (.taken, settings, note)
            case .changed(let settings, let reason): (.changed, settings, reason)
            case .unsupported(let reason, let settings): (.unsupported, settings, reason)
            }
        do throws(ConfigurationProblem) {
            try write(settings)
            add(name, row, outcome, settings.map(\.key), reason)
        } catch {
            add(name, row, .unsupported, [], Self.sentence(error))
        }
    }

    private mutating func takeUnknown(_ name: String) {
        let nearest = NearestName.of(name, among: ImgproxyVariables.names)
        let advice = nearest.map { "Perhaps \($0) is meant." } ?? "Remove it."
        findings.append(
            Finding(
                name: UntrustedText.printable(Array(name.utf8.prefix(80))), outcome: .unsupported,
                settings: [], reason: "imgproxy has no such variable. \(advice)", weight: .result))
    }

    private mutating func add(
        _ name: String, _ row: ImgproxyVariable, _ outcome: Outcome, _ settings: [String],
        _ reason: String
    ) {
        findings.append(
            Finding(
                name: name, outcome: outcome, settings: settings, reason: reason,
                weight: row.weight))
    }

    /// Writes settings, all or none.
    private mutating func write(
        _ settings: [ImgproxyVariable.Written]
    ) throws(ConfigurationProblem) {
        var copy = configuration
        var texts = written
        for setting in settings {
            let before = Self.lists.contains(setting.key) ? texts[setting.key] : nil
            let text = before.map { "\($0),\(setting.text)" } ?? setting.text
            try Self.set(setting.key, text, in: &copy)
            texts[setting.key] = text
        }
        configuration = copy
        written = texts
    }

    private static func set(
        _ key: String, _ text: String, in configuration: inout ServiceConfiguration
    ) throws(ConfigurationProblem) {
        guard let setting = SettingTable.setting(key) else {
            preconditionFailure("there is no setting \(key)")
        }
        try setting.set(text, from: Origin(.variable, key), in: &configuration)
    }

    /// Where requests may name presets alone and none can be used, nothing more may be asked for.
    private mutating func settlePresets() {
        guard configuration.options.onlyPresets, configuration.options.presets.isEmpty else {
            return
        }
        try? write([ImgproxyVariable.Written("options.presets", "default=")])
        demote(
            "options.only_presets",
            "No preset can be used. One that does nothing stands for them, so that not all options "
                + "are open.")
    }

    /// Takes out what the rules about settings together refuse.
    private mutating func settleRules() {
        let machine = Machine(
            standard: ServiceConfiguration(), isRoot: false, firstUnprivilegedPort: 1_024)
        while true {
            configuration = ServiceConfiguration()
            // Each of them was set before.
            for (key, text) in written { try? Self.set(key, text, in: &configuration) }
            configuration.settleDefaults(on: machine)
            // Not for serving: a weak key is taken over, and refused where it would be used.
            let rules = ConfigurationRules(configuration, machine: machine, purpose: .command)
            guard let (key, problem) = writtenCause(of: rules.problems(without: [])) else { return }
            written[key] = nil
            demote(key, "\(problem.origin.label): \(Self.sentence(problem))")
        }
    }

    /// The first problem that a setting written here has part in.
    private func writtenCause(
        of problems: [ConfigurationProblem]
    ) -> (key: String, problem: ConfigurationProblem)? {
        for problem in problems {
            let label = problem.origin.label
            for key in [label, Self.partners[label] ?? label] where written[key] != nil {
                return (key, problem)
            }
        }
        return nil
    }

    private mutating func demote(_ key: String, _ reason: String) {
        for index in findings.indices where findings[index].settings.contains(key) {
            findings[index].outcome = .unsupported
            findings[index].settings.removeAll { $0 == key && written[key] == nil }
            findings[index].reason = reason
        }
    }

    private static func sentence(_ problem: ConfigurationProblem) -> String {
        "\(problem.what.prefix(1).uppercased())\(problem.what.dropFirst()). \(problem.advice)"
    }
}
