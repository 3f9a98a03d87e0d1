/// Which options a request may use, and what its presets stand for: from the configuration.
public struct OptionRules: Equatable, Sendable {
    /// Options by the name of the preset that stands for them, in order.
    public var presets: [String: [WrittenOption]] = [:]
    /// Whether requests name presets and nothing else.
    public var onlyPresets = false
    /// Whether every result has to be by a preset that the request names: else whoever may ask for
    /// thumbnails alone would get the whole image by naming none.
    public var needsPreset = false
    /// The presets that requests may name; nil for all. Presets may name any.
    public var nameable: Set<String>?
    /// Names of options that may be written, aliases among them only where they are listed too; nil for
    /// all. Presets may use any.
    public var allowed: Set<String>?
    /// Whether a request may name limits of its own.
    public var permitsLimits = false

    public init() {}

    /// The preset that every request begins with, where there is one.
    public static let defaultPreset = "default"
}

/// An option as it was written: its name or alias, and its arguments.
public struct WrittenOption: Equatable, Sendable {
    public var name: String
    public var arguments: [String]

    public init(name: String, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    /// Reads `name:argument:argument`.
    ///
    /// - Parameter separator: what stands between name and arguments.
    public init(
        _ text: some StringProtocol, separator: Character = ":"
    ) throws(OptionError) {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count > 1 else {
            throw OptionError(
                option: text,
                reason:
                    "Write a name, \(separator == ":" ? "a colon" : "\(separator)") and a value, "
                    + "such as q\(separator)80.")
        }
        name = String(parts[0])
        arguments = parts[1...].map { String($0) }
    }
}
