public import ImageVocabulary

/// Makes ``RequestOptions`` from the options that a request or a command line carries.
///
/// Options apply in the order in which they stand, later ones win. The arguments of one option are
/// separated by `:`.
public enum OptionParser {
    /// Longest query string in bytes, as it came.
    public static let longestQuery = 8_192
    /// Most options in one request, without those that presets stand for.
    public static let mostOptions = 64
    /// Presets that name presets, one within the other.
    public static let deepestPreset = 8

    /// Reads texts such as `rs:fill:300:200` and `q:80`, one option each.
    ///
    /// - Parameter start: what the options change; the defaults unless given.
    public static func options(
        _ texts: [String], startingAt start: RequestOptions = RequestOptions(),
        under rules: OptionRules = OptionRules()
    ) throws(OptionError) -> RequestOptions {
        var written: [WrittenOption] = []
        for text in texts { written.append(try WrittenOption(text)) }
        return try options(written, startingAt: start, under: rules)
    }

    /// Reads options that were taken apart already.
    public static func options(
        _ written: [WrittenOption], startingAt start: RequestOptions = RequestOptions(),
        under rules: OptionRules = OptionRules()
    ) throws(OptionError) -> RequestOptions {
        guard written.count <= mostOptions else { throw tooMany("options") }
        if rules.needsPreset, !written.contains(where: { isPreset($0) }) {
            throw OptionError(
                option: ProcessingOption.preset.name,
                reason: "Images are made by presets alone here. Write pr and the name of one.",
                isForbidden: true)
        }
        var options = try begin(start, rules)
        for option in written { try apply(option, to: &options, under: rules) }
        return options
    }

    /// As one option more, whatever the rules on options are.
    public static func applying(
        _ written: WrittenOption, to options: RequestOptions
    ) throws(OptionError) -> RequestOptions {
        var changed = options
        try apply(written, to: &changed)
        return changed
    }

    /// Reads a raw query string such as `rs=fill:300:200&f=webp`, without its `?`.
    ///
    /// Names and values are percent-decoded once, after the split at `&` and at the first `=`. A
    /// `+` is a plus, never a space, and no option takes either. Broken and double escapes, control
    /// bytes and everything beyond printable ASCII are errors. Empty parts (`&&`) are skipped, as
    /// the URL standard has it.
    public static func options(
        query: some StringProtocol, startingAt start: RequestOptions = RequestOptions(),
        under rules: OptionRules = OptionRules()
    ) throws(OptionError) -> RequestOptions {
        try options(try written(in: query), startingAt: start, under: rules)
    }

    /// The options of a query string, not read yet.
    public static func written(
        in query: some StringProtocol
    ) throws(OptionError) -> [WrittenOption] {
        guard query.utf8.count <= longestQuery else {
            throw OptionError(
                option: "query",
                reason: "The query is longer than \(longestQuery) bytes. Write a shorter one.")
        }
        let parts = Array(query.utf8).split(separator: UInt8(ascii: "&"))
        guard parts.count <= mostOptions else { throw tooMany("query") }
        var written: [WrittenOption] = []
        for part in parts {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                throw OptionError(
                    option: PrintableText.make(part),
                    reason: "The value is missing. Write a name, = and a value, such as q=80.")
            }
            let name = try decoded(part[..<equals], of: part[..<equals])
            let value = try decoded(part[(equals + 1)...], of: part[..<equals])
            let arguments = value.split(separator: ":", omittingEmptySubsequences: false)
            written.append(WrittenOption(name: name, arguments: arguments.map(String.init)))
        }
        return written
    }

    private static func isPreset(_ written: WrittenOption) -> Bool {
        ProcessingOption.named(written.name)?.name == ProcessingOption.preset.name
    }

    /// What every request begins with: the preset `default`, where there is one.
    private static func begin(
        _ start: RequestOptions, _ rules: OptionRules
    ) throws(OptionError) -> RequestOptions {
        var options = start
        if rules.presets[OptionRules.defaultPreset] != nil {
            try applyPreset(OptionRules.defaultPreset[...], to: &options, rules, depth: 0)
        }
        return options
    }

    /// Applies one option of a request, which is unchanged when this throws.
    public static func apply(
        _ written: WrittenOption, to options: inout RequestOptions,
        under rules: OptionRules = OptionRules()
    ) throws(OptionError) {
        guard let option = ProcessingOption.named(written.name) else { throw unknown(written.name) }
        if rules.onlyPresets, option.name != ProcessingOption.preset.name {
            throw OptionError(
                option: written.name,
                reason: "Only presets are allowed here. Write pr and the name of one.",
                isForbidden: rules.needsPreset)
        }
        if option.name == ProcessingOption.preset.name, let nameable = rules.nameable,
            let other = written.arguments.first(where: { !nameable.contains($0) })
        {
            throw OptionError(
                option: written.name,
                reason: "The preset \"\(PrintableText.make(other.utf8))\" is not permitted here. "
                    + "Name one of \(nameable.sorted().joined(separator: ", ")).",
                isForbidden: true)
        }
        if let allowed = rules.allowed, !allowed.contains(written.name) {
            throw OptionError(
                option: written.name, reason: "This option is not allowed here. Leave it out.")
        }
        if option.isLimit, !rules.permitsLimits {
            throw OptionError(
                option: written.name, reason: "Requests may not name limits here. Leave it out.",
                isForbidden: true)
        }
        try apply(option, written, to: &options, rules, depth: 0)
    }

    private static func apply(
        _ option: ProcessingOption, _ written: WrittenOption, to options: inout RequestOptions,
        _ rules: OptionRules, depth: Int
    ) throws(OptionError) {
        let arguments = written.arguments.map { $0[...] }
        try option.apply(arguments, writtenAs: written.name, to: &options)
        guard option.name == ProcessingOption.preset.name else { return }
        var changed = options
        for name in arguments { try applyPreset(name, to: &changed, rules, depth: depth + 1) }
        options = changed
    }

    private static func applyPreset(
        _ name: Substring, to options: inout RequestOptions, _ rules: OptionRules, depth: Int
    ) throws(OptionError) {
        guard let preset = rules.presets[String(name)] else {
            let nearest = NearestName.of(String(name), among: rules.presets.keys.sorted())
            throw OptionError(
                option: "preset",
                reason: "There is no preset \"\(PrintableText.make(name.utf8))\". "
                    + (nearest.map { "Did you mean \($0)?" }
                        ?? "Write the name of one that there is."))
        }
        guard depth <= deepestPreset else {
            throw OptionError(
                option: "preset",
                reason: "Presets name each other more than \(deepestPreset) times. Write one that "
                    + "does not.")
        }
        for written in preset {
            guard let option = ProcessingOption.named(written.name) else {
                throw unknown(written.name)
            }
            try apply(option, written, to: &options, rules, depth: depth)
        }
    }

    private static func decoded(
        _ text: ArraySlice<UInt8>, of name: ArraySlice<UInt8>
    ) throws(OptionError) -> String {
        let bytes: [UInt8]
        do throws(PercentDecoding.Failure) {
            bytes = try PercentDecoding.decode(text)
        } catch {
            throw OptionError(option: PrintableText.make(name), reason: error.reason)
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw OptionError(
                option: PrintableText.make(name),
                reason: "Names and values are plain ASCII. Write no other characters.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func tooMany(_ option: String) -> OptionError {
        OptionError(
            option: option, reason: "There are more than \(mostOptions) options. Write fewer.")
    }

    private static func unknown(_ name: String) -> OptionError {
        let options = ProcessingOption.all
        let known = options.map(\.name) + options.flatMap(\.aliases)
        let advice =
            if let nearest = NearestName.of(name, among: known) {
                "Did you mean \(nearest)?"
            } else {
                "Write one of \(options.map(\.name).joined(separator: ", "))."
            }
        return OptionError(option: name, reason: "There is no such option. \(advice)")
    }
}

extension RequestOptions {
    /// The options that make these, as a query string that ``OptionParser`` reads: those that differ
    /// from the defaults, in the table's order. Empty for the defaults.
    public var query: String {
        ProcessingOption.all.compactMap { option in
            option.write(self).map { "\(option.shortestName)=\($0)" }
        }.joined(separator: "&")
    }
}

extension Plan {
    /// The options that make this plan, as a query string.
    public var query: String { RequestOptions(plan: self).query }

    /// What options can only be together, once all of them are known.
    public func checkTogether() throws(OptionError) {
        guard metadata.profile == .cmyk else { return }
        if let format, ![.jpeg, .tiff].contains(format) {
            throw OptionError(
                option: "color_profile",
                reason:
                    "Only jpeg and tiff hold the colours of cmyk. Write f:jpeg or f:tiff beside "
                    + "it, or another profile.")
        }
    }
}
