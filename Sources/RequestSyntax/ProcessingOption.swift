public import ImageVocabulary

/// One processing option: its names, what it takes, and what it does to a plan.
///
/// ``all`` is the one table behind the command line, the query string and signed paths. Names and
/// argument order are imgproxy's; values are stricter: what cannot be read is an error.
public struct ProcessingOption: Sendable {
    /// The full name.
    public let name: String
    /// Shorter names for the same option.
    public let aliases: [String]
    /// The arguments in order, as the documentation writes them.
    public let shape: String
    /// The most arguments it takes; it always takes at least one.
    public let mostArguments: Int
    /// What holds when the option is not given.
    public let defaultValue: String
    /// What it does, in one line.
    public let summary: String
    /// What may be written, as a sentence for errors.
    public let takes: String
    /// Puts the arguments into the plan, or answers false and leaves it half changed: the caller
    /// throws that plan away.
    let parse: @Sendable (_ arguments: [Substring], _ plan: inout Plan) -> Bool

    /// All names, the full one first.
    public var names: [String] { [name] + aliases }

    /// The option with that name or alias; names are compared literally.
    public static func named(_ name: some StringProtocol) -> ProcessingOption? {
        all.first { option in option.names.contains { $0 == name } }
    }

    /// Applies the option to `plan`, which is unchanged when this throws.
    ///
    /// - Parameters:
    ///   - written: the name or alias the request used, for the error.
    ///   - arguments: the texts between the separators, decoded, at least one.
    public func apply(
        _ arguments: [Substring], writtenAs written: some StringProtocol, to plan: inout Plan
    ) throws(OptionError) {
        guard arguments.count <= mostArguments else {
            let most = mostArguments == 1 ? "one argument" : "\(mostArguments) arguments"
            throw OptionError(
                option: written,
                reason: "There are \(arguments.count) arguments, at most \(most) can be read. "
                    + takes)
        }
        var changed = plan
        guard !arguments.isEmpty, parse(arguments, &changed) else {
            let value = PrintableText.make(arguments.joined(separator: ":").utf8)
            throw OptionError(
                option: written,
                reason: value.isEmpty
                    ? "The value is missing. \(takes)"
                    : "The value \"\(value)\" cannot be read. \(takes)")
        }
        plan = changed
    }
}
