extension ImgproxyImport {
    /// Settings that this file would show to whoever reads it.
    private static let secrets: Set<String> = Set(
        // Not a secret by itself, and half of one.
        ["s3.access_key"] + SettingTable.all.filter(\.isSecret).map(\.key))

    /// Settings whose values are secrets, with the variable to set for each and the one that has it.
    var secrets: [(key: String, variable: String, name: String)] {
        keys.filter(Self.secrets.contains).compactMap { key in
            let finding = findings.last { $0.settings.contains(key) }
            guard let finding, let setting = SettingTable.setting(key) else { return nil }
            return (key, setting.variable, finding.name)
        }
    }

    /// In the order of the documentation.
    private var keys: [String] {
        SettingTable.all.map(\.key).filter { written[$0] != nil }
    }

    /// A configuration file.
    ///
    /// - Parameter showsSecrets: whether secrets stand in it, and not only where to put them.
    func yaml(showsSecrets: Bool) -> String {
        var text = "# Made of imgproxy's variables by 'glovebox config import-imgproxy'.\n"
        let secrets = showsSecrets ? [] : secrets
        if !secrets.isEmpty {
            text +=
                "#\n# Secrets are not here. Set each of these variables to what imgproxy's has:\n"
            let width = secrets.map(\.variable.count).max() ?? 0
            for secret in secrets {
                let gap = String(repeating: " ", count: width - secret.variable.count)
                text += "#   \(secret.variable)\(gap)  as \(secret.name)\n"
            }
            let fileKeys = secrets.compactMap { SettingTable.setting($0.key)?.fileKey }
            if let key = fileKeys.first {
                text += "# or name a file with the value: '\(key)' and the like.\n"
            }
        }
        let hidden = Set(secrets.map(\.key))
        let shown = keys.filter { !hidden.contains($0) }
        for key in shown where !key.contains(".") { text += line(key, name: key, indent: "") }
        var section = ""
        for key in shown.sorted(by: Self.bySection(shown)) {
            guard let dot = key.firstIndex(of: ".") else { continue }
            if key[..<dot] != section {
                section = String(key[..<dot])
                text += "\(section):\n"
            }
            text += line(key, name: String(key[key.index(after: dot)...]), indent: "  ")
        }
        return text
    }

    /// Sections may stand in several groups of the documentation, and in a file only once.
    private static func bySection(_ keys: [String]) -> (String, String) -> Bool {
        let places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        let section = { (key: String) in String(key.prefix { $0 != "." }) }
        var firsts: [String: Int] = [:]
        for (place, key) in keys.enumerated() where firsts[section(key)] == nil {
            firsts[section(key)] = place
        }
        let order = { (key: String) in (firsts[section(key)] ?? 0, places[key] ?? 0) }
        return { order($0) < order($1) }
    }

    private func line(_ key: String, name: String, indent: String) -> String {
        "\(indent)\(name): \(Self.scalar(written[key] ?? ""))\n"
    }

    /// In quotes unless every program that reads YAML takes it for a text as it is. What JSON writes is
    /// YAML too.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "/") } == true
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "._/+-".utf8.contains(byte)
                }
            }
        return isPlain && text.lowercased() != "null" ? text : JSONValue.string(text).text
    }

    /// What became of each variable, for people.
    ///
    /// - Parameter width: characters of a line; nil leaves each row one line.
    func report(width: Int?) -> String {
        var table = TextTable("OUTCOME", "VARIABLE, SETTING AND WHY")
        for finding in ordered {
            let settings = finding.settings.joined(separator: ", ")
            let name = finding.name + (settings.isEmpty ? "" : ": \(settings)")
            table.add(
                finding.matters ? "UNSUPPORTED" : finding.outcome.rawValue,
                finding.reason.isEmpty ? name : "\(name)\n  \(finding.reason)")
        }
        // What is not set is none of the operator's variables.
        let counts = Outcome.allCases.filter { $0 != .default }.map { outcome in
            "\(findings.count { $0.outcome == outcome }) \(outcome.rawValue)"
        }
        return table.text(width: width) + "\n\(counts.joined(separator: ", ")).\n"
    }

    /// One object a line.
    var json: String {
        ordered.map { finding in
            JSONValue.object([
                ("name", .string(finding.name)), ("outcome", .string(finding.outcome.rawValue)),
                (
                    "setting",
                    finding.settings.isEmpty
                        ? .null : .string(finding.settings.joined(separator: ","))
                ), ("reason", .string(finding.reason)), ("matters", .bool(finding.matters)),
            ]).text + "\n"
        }.joined()
    }

    /// What nobody has to look at comes first, so that what matters stands above the prompt.
    private var ordered: [Finding] {
        Outcome.allCases.flatMap { outcome in
            let these = findings.filter { $0.outcome == outcome }
            return these.filter { !$0.matters } + these.filter(\.matters)
        }
    }

    /// The table of `docs/migrate-from-imgproxy.md`.
    static var documentation: String {
        var text = "| variable | becomes | what is to be known |\n|---|---|---|\n"
        for group in ImgproxyVariables.groups {
            text += "| **\(group.title)** | | |\n"
            for row in group.rows {
                let names = row.names.map { "`\($0)`" }.joined(separator: "<br>")
                let settings = row.settings.map { "`\($0)`" }.joined(separator: "<br>")
                let isAbsent = row.settings.isEmpty
                let other = row.yieldsTo.map { "Where `\($0)` is not set. " } ?? ""
                let note = (other + row.note).replacing("|", with: "\\|")
                text += "| \(names) | \(isAbsent ? "-" : settings) | \(note) |\n"
            }
        }
        return text
    }
}
