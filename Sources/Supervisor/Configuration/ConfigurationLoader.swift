import FoundationEssentials

/// What a command was given: the texts of its options by key, and what is never in a file.
struct GivenOptions: Equatable, Sendable {
    var values: [String: String] = [:]
    /// `--config`
    var config: String?
    /// `--dev`
    var dev = false
}

/// Makes a ``ServiceConfiguration`` from the command line, the environment and the files; the first
/// that names a value wins, in this order.
///
/// Command line, environment and machine are those of the start for good. Each ``load(for:)`` reads
/// the files anew, so that a reload gives what a new start would give. Calls may block on the file
/// system; any thread may make them.
struct ConfigurationLoader: Sendable {
    /// What the configuration is for.
    enum Purpose: Sendable {
        /// `serve`: every rule holds.
        case serving
        /// `config check`: what `serve` would say, without a service to be run.
        case checking
        /// Commands that use some of the settings: each value is checked, not what they are together.
        case command
    }

    let options: GivenOptions
    let variables: [String: String]
    let machine: Machine

    /// - Parameters:
    ///   - variables: the environment.
    init(options: GivenOptions, variables: [String: String], machine: Machine) {
        self.options = options
        self.variables = variables
        self.machine = machine
    }

    /// For this process.
    init(options: GivenOptions) {
        let variables = ProcessInfo.processInfo.environment
        self.init(options: options, variables: variables, machine: .current(variables))
    }

    /// Reads and checks everything.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    func load(for purpose: Purpose) throws(ConfigurationError) -> ServiceConfiguration {
        var reading = Reading(configuration: machine.standard)
        reading.problems = KnownVariables.problems(in: variables)
        reading.configuration.dev = dev(&reading.problems)

        var layers = [
            SettingLayer(options: options.values), SettingLayer(variables: variables),
        ]
        if reading.configuration.dev, let file = environmentFile(&reading.problems) {
            layers.append(SettingLayer(file))
        }
        if let (path, origin) = configurationFile() {
            let file = ConfigurationFile.read(path, naming: origin)
            reading.problems += file.problems
            reading.configuration.file = path
            reading.isFileRead = file.isRead
            reading.refused = file.refused
            if let layer = file.layer {
                layers.append(layer)
                reading.warn(ofSecretsIn: file, layer)
            }
        }
        for setting in SettingTable.all { reading.take(setting, from: layers) }

        var configuration = reading.configuration
        configuration.settleDefaults(on: machine)
        let rules = ConfigurationRules(configuration, machine: machine, purpose: purpose)
        var problems = reading.problems
        if purpose != .command, reading.isFileRead {
            problems += rules.problems(without: reading.refused)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        if purpose != .command { configuration.warnings += rules.warnings }
        return configuration
    }

    private func dev(_ problems: inout [ConfigurationProblem]) -> Bool {
        if options.dev { return true }
        guard let text = variables[KnownVariables.dev], !text.isEmpty else { return false }
        do throws(ValueError) {
            return try ValueShape.flag.parse(text)
        } catch {
            problems.append(
                ConfigurationProblem(
                    Origin(.variable, KnownVariables.dev),
                    "\(ConfigurationProblem.quoted(text)) is neither true nor false",
                    "Write \(ValueShape.flag.expects)."))
            return false
        }
    }

    private func environmentFile(
        _ problems: inout [ConfigurationProblem]
    ) -> EnvironmentFile? {
        do throws(ConfigurationProblem) {
            guard let file = try EnvironmentFile.read(machine.environmentFile) else { return nil }
            problems += file.problems + KnownVariables.problems(in: file)
            return file
        } catch {
            problems.append(error)
            return nil
        }
    }

    /// The configuration file to read, and what named it.
    private func configurationFile() -> (path: String, origin: Origin)? {
        var named: (path: String, origin: Origin)?
        if let path = options.config {
            named = (path, Origin(.option, "--config"))
        } else if let path = variables[KnownVariables.config], !path.isEmpty {
            named = (path, Origin(.variable, KnownVariables.config))
        } else if let path = machine.defaultFiles.first(where: { Machine.exists($0) }) {
            named = (path, Origin(.file, path))
        }
        return named?.path == "off" ? nil : named
    }
}

/// A configuration that is being put together.
private struct Reading {
    var configuration: ServiceConfiguration
    var problems: [ConfigurationProblem] = []
    /// The settings whose value was refused.
    var refused: Set<String> = []
    /// Whether it is known what the configuration file says.
    var isFileRead = true

    /// Largest file of a secret: it is one line.
    private static let largestSecret = 4 << 10

    init(configuration: ServiceConfiguration) { self.configuration = configuration }

    /// Takes a setting from the first layer that has it. What a later one has is checked all the
    /// same, so that a mistake is found when it is made and not when the first layer loses it.
    mutating func take(_ setting: Setting, from layers: [SettingLayer]) {
        var isTaken = false
        for layer in layers {
            if let (text, origin) = layer.text(of: setting) {
                take(setting, text, origin, isTaken: isTaken)
                isTaken = true
            }
            if let (path, origin) = layer.secretFile(of: setting), !isTaken {
                readSecret(setting, path, origin)
                isTaken = true
            }
        }
    }

    private mutating func take(
        _ setting: Setting, _ text: String, _ origin: Origin, isTaken: Bool
    ) {
        do throws(ConfigurationProblem) {
            if isTaken {
                var other = configuration
                try setting.set(text, from: origin, in: &other)
            } else {
                try setting.set(text, from: origin, in: &configuration)
            }
        } catch {
            refused.insert(setting.key)
            // An empty value in a file was told already.
            if origin.kind != .file || !text.isEmpty { problems.append(error) }
        }
    }

    private mutating func readSecret(_ setting: Setting, _ path: String, _ origin: Origin) {
        let name = ConfigurationProblem.quoted(path)
        do throws(SmallFile.Failure) {
            let file = try SmallFile.read(
                path, limit: setting.isStructured ? StrictYAML.largestFile : Self.largestSecret)
            if file.isWorldReadable, !setting.isStructured {
                configuration.warnings.append(
                    "\(origin.label): the file \(name) can be read by every account of this "
                        + "machine. Take that away with chmod o-r.")
            }
            var text = String(decoding: file.bytes, as: UTF8.self)
            if setting.isStructured, text.contains(/gbx_(live|admin)_[0-9A-Za-z]{36}/) {
                configuration.warnings.append(
                    "\(origin.label): in the file \(name) stands a key itself, perhaps in a comment. "
                        + "Take it out: its hash is enough.")
            }
            if text.last?.isNewline == true { text.removeLast() }
            // Its lines are told, and are the file's.
            let place =
                setting.isStructured
                ? Origin(origin.kind, "\(origin.label): \(path)", line: origin.line) : origin
            take(setting, text, place, isTaken: false)
        } catch {
            refused.insert(setting.key)
            problems.append(
                ConfigurationProblem(
                    origin, "the file \(name) cannot be read: \(error.reason)",
                    setting.isStructured
                        ? "Name a file that this account may read."
                        : "Name a file with the secret in one line that this account may read."))
        }
    }

    mutating func warn(ofSecretsIn file: ConfigurationFile, _ layer: SettingLayer) {
        guard file.isWorldReadable else { return }
        for setting in SettingTable.all where setting.isSecret && !setting.isStructured {
            guard let (_, origin) = layer.text(of: setting) else { continue }
            configuration.warnings.append(
                "\(origin.label): a secret is in a file that every account of this machine can "
                    + "read. Take that away with chmod o-r, or write \(setting.key)_file.")
        }
    }
}
