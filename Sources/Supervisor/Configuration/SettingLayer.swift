import Configuration

/// One source of settings: the command line, the environment, or a file. The texts are read through
/// swift-configuration; which names there may be, it does not know, and who makes a layer checks.
struct SettingLayer: Sendable {
    let kind: Origin.Kind
    private let snapshot: any ConfigSnapshot
    /// What labels begin with: `glovebox.yaml: `.
    private let file: String?
    /// The folder that relative paths count from; nil for the working directory.
    private let folder: String?
    /// The line of each name.
    private let lines: [String: Int]

    /// What the options of a command say, by key.
    init(options: [String: String]) {
        kind = .option
        let values = options.map { key, value in
            (Self.configKey(key), ConfigValue(.string(value), isSecret: false))
        }
        snapshot = InMemoryProvider(
            name: "options", values: Dictionary(uniqueKeysWithValues: values)
        ).snapshot()
        file = nil
        folder = nil
        lines = [:]
    }

    /// Environment variables. An empty one counts as none.
    init(variables: [String: String]) {
        self.init(.variable, variables, file: nil, lines: [:])
    }

    /// The variables of an environment file.
    init(_ environment: EnvironmentFile) {
        self.init(
            .environmentFile, environment.variables, file: environment.path,
            lines: environment.lines)
    }

    private init(
        _ kind: Origin.Kind, _ variables: [String: String], file: String?, lines: [String: Int]
    ) {
        self.kind = kind
        snapshot = EnvironmentVariablesProvider(
            environmentVariables: variables.filter { !$0.value.isEmpty }
        ).snapshot()
        self.file = file
        folder = nil
        self.lines = lines
    }

    /// A configuration file whose keys were checked.
    ///
    /// - Parameters:
    ///   - bytes: its text.
    ///   - lines: where each key stands.
    init(yaml bytes: [UInt8], path: String, lines: [String: Int]) throws {
        kind = .file
        // The bytes are parsed before the call returns.
        snapshot = try unsafe YAMLSnapshot(
            data: StrictYAML.padded(bytes).span.bytes, providerName: path,
            parsingOptions: .default)
        file = path
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        self.lines = lines
    }

    /// What is written for a setting, and where.
    func text(of setting: Setting) -> (text: String, origin: Origin)? {
        find(
            key: setting.key, variable: setting.variable, option: setting.option,
            separator: setting.separator, isRelative: setting.isRelativePath)
    }

    /// The path of the file that holds a secret, and where it is written.
    func secretFile(of setting: Setting) -> (text: String, origin: Origin)? {
        guard let key = setting.fileKey, let variable = setting.fileVariable else { return nil }
        return find(
            key: key, variable: variable, option: setting.fileOption, separator: nil
        ) {
            !$0.hasPrefix("/")
        }
    }

    private func find(
        key: String, variable: String, option: String?, separator: String?,
        isRelative: (String) -> Bool
    ) -> (text: String, origin: Origin)? {
        let name: String
        let label: String
        let lookup: AbsoluteConfigKey
        switch kind {
        case .standard: return nil
        case .option: (name, label, lookup) = (key, "--\(option ?? key)", Self.configKey(key))
        case .variable, .environmentFile:
            (name, label, lookup) = (variable, variable, AbsoluteConfigKey([variable]))
        case .file: (name, label, lookup) = (key, key, Self.configKey(key))
        }
        guard var text = text(lookup, separator) else { return nil }
        if let folder, isRelative(text) { text = folder + text }
        let origin = Origin(kind, file.map { "\($0): \(label)" } ?? label, line: lines[name])
        return (text, origin)
    }

    /// A value of another type was refused when the file was checked.
    private func text(_ key: AbsoluteConfigKey, _ separator: String?) -> String? {
        if kind == .file, let separator,
            let list = try? snapshot.value(forKey: key, type: .stringArray).value,
            case .stringArray(let parts) = list.content
        {
            return parts.joined(separator: separator)
        }
        guard let found = try? snapshot.value(forKey: key, type: .string).value,
            case .string(let text) = found.content
        else { return nil }
        return text
    }

    private static func configKey(_ key: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(key.split(separator: ".").map(String.init))
    }
}
