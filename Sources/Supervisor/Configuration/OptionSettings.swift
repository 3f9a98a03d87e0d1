import RequestSyntax

/// `options`: what requests may ask for.
struct OptionSettings: Equatable, Sendable {
    var presets: [Preset] = []
    /// Whether requests name presets and nothing else.
    var onlyPresets = false
    /// Names and aliases that requests may write; nil for all.
    var allowed: [String]?
    /// Whether requests may name limits.
    var limits = false

    var rules: OptionRules {
        var rules = OptionRules()
        rules.presets = presets.byName
        rules.onlyPresets = onlyPresets
        rules.allowed = allowed.map { Set($0) }
        rules.permitsLimits = limits
        return rules
    }
}

/// Options under one name.
struct Preset: Equatable, Sendable {
    let name: String
    let options: [WrittenOption]

    /// As it is written in a configuration.
    var text: String {
        let texts = options.map { "\($0.name):\($0.arguments.joined(separator: ":"))" }
        return "\(name)=\(texts.joined(separator: "/"))"
    }
}

extension [Preset] {
    fileprivate var byName: [String: [WrittenOption]] {
        Dictionary(map { ($0.name, $0.options) }) { first, _ in first }
    }
}

extension ValueShape where Value == [Preset] {
    /// `name=option:argument/option:argument` each, with commas or line breaks between them.
    static var presets: Self {
        ValueShape(
            expects: "presets such as thumb=rs:fill:100:100/q:70, one in each line or with commas "
                + "between them, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return [] }
                let parts = text.split { $0 == "," || $0.isNewline }
                    .map { $0.split(separator: " ").joined(separator: " ") }
                    .filter { !$0.isEmpty }
                var presets: [Preset] = []
                for part in parts { presets.append(try preset(part)) }
                try check(presets)
                return presets
            },
            text: { $0.isEmpty ? "none" : $0.map(\.text).joined(separator: ",") },
            json: { .array($0.map { .string($0.text) }) })
    }

    private static func preset(_ text: String) throws(ValueError) -> Preset {
        guard let equals = text.firstIndex(of: "=") else {
            throw .malformed("has a preset without a name")
        }
        let name = text[..<equals]
        let isName = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !":/%&=?#+".utf8.contains(byte)
        }
        guard !name.isEmpty, name.utf8.count <= 64, isName else {
            throw .malformed(
                "names a preset \(ConfigurationProblem.quoted(String(name))), which is no name")
        }
        do throws(OptionError) {
            var options: [WrittenOption] = []
            for option in text[text.index(after: equals)...].split(separator: "/") {
                options.append(try WrittenOption(option))
            }
            return Preset(name: String(name), options: options)
        } catch {
            throw unusable(String(name), error)
        }
    }

    /// Whatever a request could find wrong with a preset is found here.
    private static func check(_ presets: [Preset]) throws(ValueError) {
        let names = presets.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw .malformed("has two presets \(ConfigurationProblem.quoted(twice))")
        }
        var rules = OptionRules()
        rules.presets = presets.byName
        for name in names {
            var options = RequestOptions()
            do throws(OptionError) {
                let written = WrittenOption(name: "preset", arguments: [name])
                try OptionParser.apply(written, to: &options, under: rules)
            } catch {
                throw unusable(name, error)
            }
        }
    }

    private static func unusable(_ name: String, _ error: OptionError) -> ValueError {
        .refused(
            "has a preset \(ConfigurationProblem.quoted(name)) that cannot be used: "
                + "the option \(ConfigurationProblem.quoted(error.option)) is wrong",
            advice: error.reason)
    }
}

extension ValueShape where Value == [String] {
    /// Names and aliases of options with commas between them.
    static var optionNames: Self {
        ValueShape(
            expects: "names and aliases of options with commas between them, such as "
                + "resize,rs,quality,q",
            parse: { text throws(ValueError) in
                let names = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.split(separator: " ").joined(separator: " ") }
                let known = ProcessingOption.all.flatMap(\.names)
                for name in names where !known.contains(name) {
                    let what = "names \(ConfigurationProblem.quoted(name)), which is no option"
                    guard let nearest = NearestName.of(name, among: known) else {
                        throw .malformed(what)
                    }
                    throw .refused(what, advice: "Write \(nearest) there.")
                }
                return names
            },
            text: { $0.joined(separator: ",") },
            json: { .array($0.map { .string($0) }) })
    }
}
