import ArgumentParser

/// One thing an operator can set: a row of ``SettingTable``. Its names, its parser and its texts all
/// come from here.
struct Setting: Sendable {
    /// Its place in a configuration file: `timeout`, or `http.idle_timeout` in a section.
    let key: String
    /// The environment variable that stands for it.
    let variable: String
    /// The long option without its dashes; nil where there is none.
    let option: String?
    /// The default in words.
    let standard: String
    /// Whether it may be named by a file instead, and is never shown.
    let isSecret: Bool
    /// Whether its value is a structure: written as such in a configuration file, or as a file of its
    /// own, which need not be kept from other accounts.
    let isStructured: Bool
    /// Whether a reload may change it.
    let reloads: Bool
    /// Whether it is a path.
    private let isPath: Bool
    /// Words that may stand in place of a path.
    private let words: Set<String>
    /// What to write, to stand after "Write".
    let expects: String
    /// Why its bounds are where they are; empty where it has none.
    let why: String
    /// What it is, in one sentence.
    let help: String
    /// What joins the parts of a value that a file may write as a list; nil where it may not.
    let separator: String?

    private let store: @Sendable (String, inout ServiceConfiguration) throws(ValueError) -> Void
    private let textOf: @Sendable (ServiceConfiguration) -> String
    private let jsonOf: @Sendable (ServiceConfiguration) -> JSONValue
    private let sameIn: @Sendable (ServiceConfiguration, ServiceConfiguration) -> Bool

    /// Which option a setting has.
    enum Options {
        /// The key with dashes; none for a key in a section.
        case ofKey
        case named(String)
        /// For secrets, since every account sees the options of a process, and for what is seldom
        /// set.
        case none
    }

    init<Value>(
        _ key: String, _ path: any WritableKeyPath<ServiceConfiguration, Value> & Sendable,
        _ shape: ValueShape<Value>, reloads: Bool = false, standard: String? = nil,
        variable: String? = nil, option: Options = .ofKey, isSecret: Bool = false,
        isStructured: Bool = false, isPath: Bool = false, words: Set<String> = [], why: String = "",
        help: String
    ) {
        self.key = key
        self.variable = variable ?? Self.variable(of: key)
        self.option =
            switch option {
            case .ofKey: key.contains(".") ? nil : key.replacing("_", with: "-")
            case .named(let name): name
            case .none: nil
            }
        self.standard = standard ?? shape.text(ServiceConfiguration()[keyPath: path])
        self.isSecret = isSecret
        self.isStructured = isStructured
        self.reloads = reloads
        self.isPath = isPath
        self.words = words
        self.expects = shape.expects
        self.why = why
        self.help = help
        separator = shape.separator
        store = { text, configuration throws(ValueError) in
            configuration[keyPath: path] = try shape.parse(text)
        }
        textOf = { shape.text($0[keyPath: path]) }
        jsonOf = { shape.json($0[keyPath: path]) }
        sameIn = { $0[keyPath: path] == $1[keyPath: path] }
    }

    private static func variable(of key: String) -> String {
        "GLOVEBOX_" + key.replacing(".", with: "_").uppercased()
    }

    /// The key and the variable that name a file with the value, for a secret.
    var fileKey: String? { isSecret ? key + "_file" : nil }
    var fileVariable: String? { isSecret ? variable + "_FILE" : nil }
    var fileOption: String? { isSecret ? key.replacing("_", with: "-") + "-file" : nil }

    /// Whether a value in a configuration file counts from that file's folder.
    func isRelativePath(_ text: String) -> Bool {
        isPath && !text.hasPrefix("/") && !words.contains(text)
    }

    /// Puts a value into a configuration, with where it comes from.
    func set(
        _ text: String, from origin: Origin, in configuration: inout ServiceConfiguration
    ) throws(ConfigurationProblem) {
        do throws(ValueError) {
            try store(text, &configuration)
        } catch {
            throw problem(error, text: text, origin: origin)
        }
        configuration.origins[key] = origin
    }

    func text(in configuration: ServiceConfiguration) -> String { textOf(configuration) }
    func json(in configuration: ServiceConfiguration) -> JSONValue { jsonOf(configuration) }

    func isSame(in one: ServiceConfiguration, _ other: ServiceConfiguration) -> Bool {
        sameIn(one, other)
    }

    private func problem(
        _ error: ValueError, text: String, origin: Origin
    ) -> ConfigurationProblem {
        let value = isSecret ? "the value" : ConfigurationProblem.quoted(text)
        let write = "Write \(expects)."
        switch error {
        case .malformed(let what): return ConfigurationProblem(origin, "\(value) \(what)", write)
        case .outOfRange:
            return ConfigurationProblem(origin, "\(value) is out of range: \(why)", write)
        case .refused(let what, let advice):
            return ConfigurationProblem(origin, "\(value) \(what)", advice)
        }
    }
}

extension ConfigurationProblem: Error {}

extension ArgumentHelp {
    /// The help of the option of a setting.
    static func setting(_ key: String, _ valueName: String? = nil) -> ArgumentHelp {
        guard let setting = SettingTable.setting(key) else {
            preconditionFailure("there is no setting \(key)")
        }
        let help = "\(setting.help) (default: \(setting.standard)) [\(setting.variable)]"
        return ArgumentHelp("\(help)", valueName: valueName)
    }
}
