/// A processing option that cannot be honoured. Both fields may be shown to the client.
public struct OptionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The option as it was written: at most 64 printable ASCII characters. `query` or `options`
    /// when it is about all of them.
    public let option: String
    /// A sentence that says what to write instead.
    public let reason: String
    /// Whether the option is right and was not permitted.
    public let isForbidden: Bool

    /// - Parameters:
    ///   - option: the name as written; it is sanitised here.
    ///   - reason: one or more sentences, made of our own words and sanitised text only.
    public init(option: some StringProtocol, reason: String, isForbidden: Bool = false) {
        self.isForbidden = isForbidden
        self.option = PrintableText.make(option.utf8)
        self.reason = reason
    }

    public var description: String { "\(option): \(reason)" }
}
