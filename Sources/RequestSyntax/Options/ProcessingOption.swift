import ImageVocabulary

/// One processing option: its names, what it takes, and what it does to a request's options.
///
/// ``all`` is the one table behind the command line, the query string and signed paths. Names and
/// argument order are imgproxy's; values are stricter: what cannot be read is an error.
public struct ProcessingOption: Sendable {
    /// What options are about, as the documentation groups them.
    public enum Topic: String, CaseIterable, Sendable {
        case size = "Size"
        case region = "Part of the image"
        case canvas = "Turning, canvas and background"
        case effects = "Effects and watermark"
        case result = "Result"
        case delivery = "Delivery"
        case limits = "Limits"
    }

    /// The full name.
    public let name: String
    /// Shorter names for the same option.
    public let aliases: [String]
    public let topic: Topic
    /// The arguments in order, as the documentation writes them.
    public let shape: String
    /// The most arguments it takes; it always takes at least one.
    public let mostArguments: Int
    /// What holds when the option is not given.
    public let defaultValue: String
    /// Arguments as somebody may write them, which are not the default.
    public let example: String
    /// What it does, in one line.
    public let summary: String
    /// What may be written, as a sentence for errors.
    public let takes: String
    /// Puts the arguments into the options, or answers false and leaves them half changed: the caller
    /// throws those away.
    let parse: @Sendable (_ arguments: [Substring], _ options: inout RequestOptions) -> Bool
    /// The arguments that make these options what they are; nil where they have the default, or where
    /// other options of the table say it.
    let write: @Sendable (_ options: RequestOptions) -> String?

    init(
        _ name: String, _ aliases: [String], topic: Topic, shape: String, most: Int = 1,
        default defaultValue: String, example: String, summary: String, takes: String,
        write: @escaping @Sendable (RequestOptions) -> String? = { _ in nil },
        parse: @escaping @Sendable ([Substring], inout RequestOptions) -> Bool
    ) {
        self.name = name
        self.aliases = aliases
        self.topic = topic
        self.shape = shape
        mostArguments = most
        self.defaultValue = defaultValue
        self.example = example
        self.summary = summary
        self.takes = takes
        self.write = write
        self.parse = parse
    }

    /// Every option there is, in the order in which the documentation lists them.
    public static let all: [ProcessingOption] =
        sizes + regions + canvas + effects + results + deliveries + limits

    /// All names, the full one first.
    public var names: [String] { [name] + aliases }

    /// The name that takes the least room.
    public var shortestName: String { names.min { $0.utf8.count < $1.utf8.count } ?? name }

    /// Whether it names a limit, for which a request needs a permission.
    public var isLimit: Bool { topic == .limits }

    /// The option with that name or alias; names are compared literally.
    public static func named(_ name: some StringProtocol) -> ProcessingOption? {
        all.first { option in option.names.contains { $0 == name } }
    }

    /// Applies the option to `options`, which are unchanged when this throws.
    ///
    /// - Parameters:
    ///   - written: the name or alias the request used, for the error.
    ///   - arguments: the texts between the separators, decoded, at least one.
    func apply(
        _ arguments: [Substring], writtenAs written: some StringProtocol,
        to options: inout RequestOptions
    ) throws(OptionError) {
        guard arguments.count <= mostArguments else {
            let most = mostArguments == 1 ? "one argument" : "\(mostArguments) arguments"
            throw OptionError(
                option: written,
                reason: "There are \(arguments.count) arguments, at most \(most) can be read. "
                    + takes)
        }
        var changed = options
        guard !arguments.isEmpty, parse(arguments, &changed) else {
            let value = PrintableText.make(arguments.joined(separator: ":").utf8)
            throw OptionError(
                option: written,
                reason: value.isEmpty
                    ? "The value is missing. \(takes)"
                    : "The value \"\(value)\" cannot be read. \(takes)")
        }
        options = changed
    }
}

extension ProcessingOption {
    /// An option of one value.
    static func single<Value: Equatable & Sendable>(
        _ name: String, _ aliases: [String], topic: Topic, shape: String,
        default defaultValue: String, example: String, summary: String, takes: String,
        _ kind: ValueKind<Value>,
        _ path: any WritableKeyPath<RequestOptions, Value> & Sendable
    ) -> ProcessingOption {
        ProcessingOption(
            name, aliases, topic: topic, shape: shape, default: defaultValue, example: example,
            summary: summary, takes: takes,
            write: { options in
                let value = options[keyPath: path]
                return value == RequestOptions()[keyPath: path] ? nil : kind.text(value)
            },
            parse: { arguments, options in
                guard let value = kind.read(arguments[0]) else { return false }
                options[keyPath: path] = value
                return true
            })
    }

    /// A switch.
    static func flag(
        _ name: String, _ aliases: [String], topic: Topic, isOn: Bool = false, summary: String,
        _ path: any WritableKeyPath<RequestOptions, Bool> & Sendable
    ) -> ProcessingOption {
        single(
            name, aliases, topic: topic, shape: "boolean", default: isOn ? "1" : "0",
            example: isOn ? "0" : "1", summary: summary, takes: Takes.boolean, .boolean, path)
    }

    /// Reads the argument at `index` unless it is absent or empty; false when it is unreadable.
    static func optional<Value>(
        _ arguments: [Substring], _ index: Int, _ read: (Substring) -> Value?,
        set: (Value) -> Void
    ) -> Bool {
        guard index < arguments.count, !arguments[index].isEmpty else { return true }
        guard let value = read(arguments[index]) else { return false }
        set(value)
        return true
    }
}

/// A kind of value: how it is read and how it is written.
struct ValueKind<Value: Equatable & Sendable>: Sendable {
    let read: @Sendable (Substring) -> Value?
    let text: @Sendable (Value) -> String
}

extension ValueKind where Value == Bool {
    static var boolean: Self { Self(read: OptionValue.boolean) { $0 ? "1" : "0" } }
}

extension ValueKind where Value: FixedWidthInteger {
    /// A whole number from `least` to `most`, which fits the type.
    static func whole(_ least: UInt64 = 0, atMost most: UInt64) -> Self {
        Self(
            read: { text in
                OptionValue.wholeNumber(text, atMost: most).flatMap {
                    $0 < least ? nil : Value(exactly: $0)
                }
            }, text: { "\($0)" })
    }
}

extension ValueKind where Value == Double {
    /// A number from 0, or from beyond it, to `most`.
    static func decimal(atMost most: Double, isPositive: Bool = false) -> Self {
        Self(
            read: { text in
                OptionValue.decimal(text, signed: false).flatMap {
                    $0 > most || (isPositive && $0 == 0) ? nil : $0
                }
            }, text: OptionValue.text)
    }
}

/// What options of a kind take, as sentences.
enum Takes {
    static let boolean = "Write 1, t or true, or 0, f or false."
    static let side = "Write a whole number of pixels from 0 to 65535."
    static let sides = "width and height are whole numbers from 0 to 65535"
    static let places = "ce, no, so, ea, we, noea, nowe, soea or sowe"
    static let offsets = "from -65535 to 65535; below 1 a share of the side"
    static let color = "six or three hexadecimal digits such as ff8800"
}
