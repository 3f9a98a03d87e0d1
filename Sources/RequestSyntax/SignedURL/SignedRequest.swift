import ImageVocabulary

/// What a signed path asks for: its options and the address of its source.
public struct SignedRequest: Equatable, Sendable {
    public let options: RequestOptions
    /// The address, decoded.
    public let source: String

    /// How paths are read beside the rules on options.
    public struct Grammar: Equatable, Sendable {
        /// What stands between an option's name and its arguments.
        public var separator: Character = ":"
        /// Whether the last of several Base64 parts is a name for search engines.
        public var hasFileNames = false

        public init() {}
    }

    /// Reads a path whose signature was found right.
    ///
    /// Segments with the separator in them are options, in order; the first without one begins the
    /// source. Where only presets are allowed the first segment names them. An extension acts as a
    /// format behind all options, unless the source goes out as it is.
    ///
    /// - Parameter start: what the options change: what the request's header fields say.
    public init(
        _ path: SignedPath, startingAt start: RequestOptions = RequestOptions(),
        under rules: OptionRules = OptionRules(), _ grammar: Grammar = Grammar()
    ) throws(SignedPathError) {
        let segments = path.signed.dropFirst().split(
            separator: "/", omittingEmptySubsequences: false)
        let written = try Self.written(segments[...], rules, grammar)
        let (address, format) = try Self.source(segments.dropFirst(written.segments), grammar)
        do throws(OptionError) {
            var options = try OptionParser.options(written.options, startingAt: start, under: rules)
            if let format, !format.isEmpty, !options.delivery.raw {
                // The rest of an address behind its user and password, which is for no message.
                guard format.utf8.allSatisfy(\.isLetterOrDigit) else {
                    throw OptionError(
                        option: "format",
                        reason: "What stands behind the source's extension mark is no format. "
                            + "Escape an @ of the address as %40.")
                }
                options = try OptionParser.applying(
                    WrittenOption(name: "format", arguments: [format]), to: options)
            }
            self.options = options
        } catch {
            throw .option(error)
        }
        source = address
    }

    private static func written(
        _ segments: ArraySlice<Substring>, _ rules: OptionRules, _ grammar: Grammar
    ) throws(SignedPathError) -> (options: [WrittenOption], segments: Int) {
        guard let first = segments.first else { throw .noSource }
        if rules.onlyPresets {
            let names = first.split(separator: grammar.separator, omittingEmptySubsequences: false)
            return ([WrittenOption(name: "preset", arguments: names.map { String($0) })], 1)
        }
        if ResizingType.allCases.contains(where: { $0.name == first }) { throw .basicForm }
        var options: [WrittenOption] = []
        for segment in segments.prefix(while: { $0.contains(grammar.separator) }) {
            do throws(OptionError) {
                options.append(try WrittenOption(segment, separator: grammar.separator))
            } catch {
                throw .option(error)
            }
        }
        return (options, options.count)
    }

    private static func source(
        _ segments: ArraySlice<Substring>, _ grammar: Grammar
    ) throws(SignedPathError) -> (address: String, format: String?) {
        guard let first = segments.first else { throw .noSource }
        if first == "plain", segments.count > 1 {
            return try plain(segments.dropFirst().joined(separator: "/"))
        }
        var parts = segments
        if grammar.hasFileNames, parts.count > 1 { parts.removeLast() }
        return try base64(parts.joined())
    }

    private static func plain(
        _ text: String
    ) throws(SignedPathError) -> (address: String, format: String?) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw .twoExtensions }
        guard !parts[0].isEmpty else { throw .noSource }
        do throws(PercentDecoding.Failure) {
            let bytes = try PercentDecoding.decode(parts[0].utf8, mayHoldEscapes: true)
            guard let address = String(validating: bytes, as: UTF8.self) else {
                throw .brokenEscape
            }
            return (address, parts.count > 1 ? String(parts[1]) : nil)
        } catch {
            throw .sourceEscape
        }
    }

    private static func base64(
        _ text: String
    ) throws(SignedPathError) -> (address: String, format: String?) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw .twoExtensions }
        var digits = parts[0]
        while digits.last == "=" { digits.removeLast() }
        guard let address = Base64URL.text(in: digits), !address.isEmpty else {
            throw .sourceBase64
        }
        return (address, parts.count > 1 ? String(parts[1]) : nil)
    }
}
