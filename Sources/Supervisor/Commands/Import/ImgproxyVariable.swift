/// A variable of imgproxy, or several that fare alike: a row of ``ImgproxyVariables``. What the import
/// does with it and what the documentation says of it come from here.
struct ImgproxyVariable: Sendable {
    /// Names; one that ends in a star stands for all that begin so.
    let names: [String]
    /// The settings that it becomes; none where there is nothing like it.
    let settings: [String]
    /// What is to be known of it, whole sentences; empty where it is taken as it is.
    let note: String
    let weight: Weight
    /// The variable that wins where both are set.
    private(set) var yieldsTo: String?
    let translate: @Sendable (String, ImportContext) -> Translation
    /// What it comes to that the variable is not set, where imgproxy's default is another; nil for
    /// nothing.
    private(set) var whenUnset: (@Sendable (ImportContext) -> Translation?)?

    /// What it costs not to have it.
    enum Weight: Sendable {
        /// URLs may give something else, or nothing.
        case result
        /// More may be reached or asked for than before.
        case security
        /// It is about how the service is run.
        case operation
    }

    /// What becomes of a value.
    enum Translation: Equatable, Sendable {
        /// The settings mean the same. Without any, it is so here anyway.
        case taken([Written], note: String = "")
        /// They mean something else, and why.
        case changed([Written], String)
        /// Nothing is written, or not all of it, and why.
        case unsupported(String, writing: [Written] = [])
    }

    /// A setting with its text.
    struct Written: Equatable, Sendable {
        let key: String
        let text: String

        init(_ key: String, _ text: String) {
            self.key = key
            self.text = text
        }
    }

    init(
        _ names: [String], _ settings: [String], _ weight: Weight, _ note: String = "",
        translate: @escaping @Sendable (String, ImportContext) -> Translation
    ) {
        self.names = names
        self.settings = settings
        self.note = note
        self.weight = weight
        self.translate = translate
    }

    /// Whether the row is about a variable of this name.
    func covers(_ name: String) -> Bool {
        names.contains { known in
            known.last == "*" ? name.hasPrefix(known.dropLast()) : name == known
        }
    }

    func yielding(to name: String) -> Self {
        var row = self
        row.yieldsTo = name
        return row
    }

    func unset(_ translate: @escaping @Sendable (ImportContext) -> Translation?) -> Self {
        var row = self
        row.whenUnset = translate
        return row
    }
}

/// A limit of the policies that are shipped, beyond which no setting is taken.
struct ShippedLimit: Sendable {
    let most: Int
    /// With its unit.
    let text: String
    /// The name in a policy file.
    let name: String

    static let inputBytes = Self(most: 52_428_800, text: "50 MiB", name: "inputBytes")
    static let pixels = Self(most: 50_000_000, text: "50 megapixels", name: "pixels")
    static let frames = Self(most: 1_000, text: "1000 frames", name: "frames")

    /// What becomes of a variable that asks for more.
    var exceeded: ImgproxyVariable.Translation { exceeded(writing: []) }

    func exceeded(
        writing settings: [ImgproxyVariable.Written]
    ) -> ImgproxyVariable.Translation {
        .unsupported(
            "The shipped policies allow \(text); raise it in the policy file (limits: \(name)).",
            writing: settings)
    }
}

/// What translations may look at beside the value of their own variable.
struct ImportContext: Sendable {
    /// Variables that are set and not empty.
    let values: [String: String]

    func isOn(_ name: String) -> Bool { values[name].flatMap(GoValue.bool) == true }

    /// The character between the name of an option and its arguments.
    var separator: String { values["IMGPROXY_ARGUMENTS_SEPARATOR"] ?? ":" }
    var readsBuckets: Bool { isOn("IMGPROXY_USE_S3") }
}

/// Values as the language reads them that imgproxy is written in.
enum GoValue {
    /// strconv.ParseBool
    static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// strconv.Atoi, of numbers from 0.
    static func number(_ text: String) -> Int? {
        Int(digits: text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// strconv.ParseFloat, of finite numbers from 0.
    static func decimal(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isPlain, let number = Double(text), number.isFinite, number >= 0 else { return nil }
        return number
    }
}

/// Rows of the usual kinds.
extension ImgproxyVariable {
    /// A text that is written as it is.
    static func text(
        _ name: String, _ key: String, _ weight: Weight, _ note: String = ""
    ) -> Self {
        Self([name], [key], weight, note) { text, _ in .taken([Written(key, text)]) }
    }

    static func path(
        _ name: String, _ key: String, _ note: String = ""
    ) -> Self {
        Self([name], [key], .result, note) { text, _ in
            let written = [Written(key, text)]
            guard !text.hasPrefix("/") else { return .taken(written) }
            return .changed(
                written, "A relative path counts from the folder of the configuration file.")
        }
    }

    static func flag(
        _ name: String, _ key: String, _ weight: Weight = .result, _ note: String = ""
    ) -> Self {
        Self([name], [key], weight, note) { text, _ in
            guard let value = GoValue.bool(text) else { return .neither }
            return .taken([Written(key, "\(value)")])
        }
    }

    static func number(
        _ name: String, _ key: String, _ weight: Weight, _ note: String = ""
    ) -> Self {
        Self([name], [key], weight, note) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            return .taken([Written(key, "\(value)")])
        }
    }

    /// - Parameter keys: the settings that get the same time.
    static func seconds(
        _ name: String, _ keys: [String], _ weight: Weight = .operation, _ note: String = ""
    ) -> Self {
        Self([name], keys, weight, note) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            return .taken(keys.map { Written($0, "\(value)s") })
        }
    }

    /// A limit, of which 0 is none in imgproxy.
    ///
    /// - Parameters:
    ///   - unit: what the number is multiplied by.
    ///   - shipped: what the shipped policies allow at most; nil where they say nothing of it.
    static func limit(
        _ name: String, _ key: String, times unit: Double = 1, within shipped: ShippedLimit? = nil,
        _ note: String
    ) -> Self {
        Self([name], [key], .security, note) { text, _ in
            guard let value = GoValue.decimal(text), value * unit < 1e15 else { return .noNumber }
            guard value > 0 else {
                return shipped?.exceeded ?? .changed([], "0 is no limit there. \(note)")
            }
            // Left out rather than lowered: what is raised in the policy file then holds at once.
            if let shipped, value * unit > Double(shipped.most) { return shipped.exceeded }
            return .taken([Written(key, "\(Int(value * unit))")], note: note)
        }
    }

    /// What there is here in one way only.
    static func fixed(
        _ name: String, _ value: Bool, _ weight: Weight, _ note: String
    ) -> Self {
        Self([name], [], weight, note) { text, _ in
            guard let wanted = GoValue.bool(text) else { return .neither }
            return wanted == value ? .taken([], note: "It is so here.") : .unsupported(note)
        }
    }

    /// What there is nothing of here.
    ///
    /// - Parameter neutral: values that ask for nothing, beside those that mean off.
    static func absent(
        _ names: [String], _ weight: Weight, neutral: Set<String> = [], _ note: String
    ) -> Self {
        Self(names, [], weight, note) { text, _ in
            let isOff = GoValue.bool(text) == false || ["none", "off"].contains(text)
            return isOff || neutral.contains(text)
                ? .taken([], note: "It asks for nothing.") : .unsupported(note)
        }
    }
}

extension ImgproxyVariable.Translation {
    static let neither = Self.unsupported("It is neither true nor false. Say which you mean.")
    static let noNumber = Self.unsupported("It is no number that can be used.")
}
