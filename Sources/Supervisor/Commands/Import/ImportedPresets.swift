import RequestSyntax

/// `options.presets` from imgproxy's presets. Those that could not be used are left out, each by itself.
struct ImportedPresets {
    /// As they are written in a configuration.
    private(set) var presets: [String] = []
    /// What is left out, and why.
    private(set) var omitted: [String] = []

    /// More than these are not looked at one by one.
    private static let most = 500

    /// - Parameters:
    ///   - definitions: `name=option:argument/…` each.
    ///   - known: presets that there are already.
    ///   - separator: what stands between an option and its arguments.
    init(_ definitions: [String], beside known: [String], separator: String) {
        var written: [(name: String, text: String)] = []
        for definition in definitions {
            let definition = definition.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !definition.isEmpty else { continue }
            let name = String(definition.prefix { $0 != "=" })
            guard let text = Self.text(definition, separator) else {
                omitted.append(
                    "\(ConfigurationProblem.quoted(name)) cannot be written with colons and commas."
                )
                continue
            }
            // The last of a name wins.
            written.removeAll { $0.name == name }
            written.append((name, text))
        }
        let names = Set(written.map(\.name))
        let others = known.filter { !names.contains(String($0.prefix { $0 != "=" })) }
        if Self.problem(others + written.map(\.text)) == nil {
            presets = others + written.map(\.text)
        } else {
            presets = others
            addOneByOne(written)
        }
    }

    /// Presets may name those behind them: passes are made until none adds one.
    private mutating func addOneByOne(_ written: [(name: String, text: String)]) {
        guard written.count <= Self.most else {
            omitted.append(
                "One of \(written.count) presets cannot be used, and so many are not looked at one "
                    + "by one. \(Self.problem(written.map(\.text)) ?? "")")
            return
        }
        var rest = written
        while true {
            let before = rest.count
            rest.removeAll { preset in
                guard Self.problem(presets + [preset.text]) == nil else { return false }
                presets.append(preset.text)
                return true
            }
            if rest.count == before { break }
        }
        for preset in rest {
            omitted.append(
                Self.problem(presets + [preset.text])
                    ?? "\(ConfigurationProblem.quoted(preset.name)) names itself.")
        }
    }

    /// With colons between arguments; nil where commas or colons would mean something else.
    private static func text(_ definition: String, _ separator: String) -> String? {
        guard !definition.contains(",") || separator == "," else { return nil }
        guard separator != ":" else { return definition }
        guard let equals = definition.firstIndex(of: "=") else { return definition }
        let options = String(definition[equals...])
        guard !options.contains(":") else { return nil }
        return definition[..<equals] + options.replacing(separator, with: ":")
    }

    /// What a list of presets is refused for.
    private static func problem(_ presets: [String]) -> String? {
        do throws(ValueError) {
            _ = try ValueShape<[Preset]>.presets.parse(presets.joined(separator: ","))
            return nil
        } catch {
            switch error {
            case .malformed(let what): return "The list \(what)."
            case .outOfRange: return "The list is out of range."
            case .refused(let what, let advice): return "The list \(what). \(advice)"
            }
        }
    }

    /// What the variable becomes.
    var translation: ImgproxyVariable.Translation {
        let text = presets.joined(separator: ",")
        let written = presets.isEmpty ? [] : [ImgproxyVariable.Written("options.presets", text)]
        guard omitted.isEmpty else {
            return .unsupported(
                (omitted + ["Left out."]).joined(separator: " "), writing: written)
        }
        return .taken(written)
    }
}
