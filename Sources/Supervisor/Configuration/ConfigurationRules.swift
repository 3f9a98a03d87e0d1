import SandboxPolicy

/// What settings have to be together. Each value alone was checked before.
struct ConfigurationRules {
    let configuration: ServiceConfiguration
    private let machine: Machine
    let purpose: ConfigurationLoader.Purpose

    init(
        _ configuration: ServiceConfiguration, machine: Machine,
        purpose: ConfigurationLoader.Purpose
    ) {
        self.configuration = configuration
        self.machine = machine
        self.purpose = purpose
    }

    /// The settings that a rule is about, and what is wrong with them together.
    typealias Rule = (keys: Set<String>, problem: ConfigurationProblem?)

    /// What is wrong.
    ///
    /// - Parameter refused: the settings whose value was refused; nothing can be said about them.
    func problems(without refused: Set<String>) -> [ConfigurationProblem] {
        let rules: [Rule] =
            [
                (["key", "salt"], unpairedKeys),
                (["listen", "admin_listen"], openDevelopment),
                (["listen", "posture", "audit.listen"], openAudit),
                (["admin_listen", "admin_key"], missingAdminKey),
                (["listen", "admin_listen"], sameAddress),
                (["listen"], privilegedPort("listen", configuration.listen)),
                (
                    ["admin_listen"],
                    configuration.adminListen.flatMap { privilegedPort("admin_listen", $0) }
                ),
                (["http.connections", "http.connections_per_address"], connectionsOfOneAddress),
                (["memory", "max_input_bytes"], memoryForOneImage),
                (["quarantine.size", "quarantine_key"], missingQuarantineKey),
                (
                    ["slowing.first", "slowing.longest"],
                    longestWait(
                        "slowing", configuration.slowing.first, configuration.slowing.longest)
                ),
                (
                    ["penalty.first", "penalty.longest"],
                    longestWait(
                        "penalty", configuration.penalty.first, configuration.penalty.longest)
                ),
            ]
        return (rules + requestRules + proxyRules + secretRules).filter {
            $0.keys.isDisjoint(with: refused)
        }
        .compactMap {
            $0.problem
        }
    }

    func problem(_ key: String, _ what: String, _ advice: String) -> ConfigurationProblem {
        ConfigurationProblem(configuration.origin(of: key), what, advice)
    }

    private var unpairedKeys: ConfigurationProblem? {
        let (keys, salts) = (configuration.signing.keys.values, configuration.signing.salts.values)
        guard keys.count != salts.count else { return nil }
        return problem(
            keys.count < salts.count ? "key" : "salt",
            "the numbers of keys and salts differ: \(keys.count) and \(salts.count)",
            "Write as many of one as of the other, in the same order.")
    }

    private var openDevelopment: ConfigurationProblem? {
        guard configuration.dev else { return nil }
        let open =
            [("listen", configuration.listen)]
            + (configuration.adminListen.map { [("admin_listen", $0)] } ?? [])
        guard let (key, address) = open.first(where: { !$0.1.isLoopback }) else { return nil }
        return problem(
            key,
            "\(address.text) can be reached from other machines, and --dev asks nobody for a key",
            "Write an address such as 127.0.0.1:\(address.port), or leave --dev out.")
    }

    private var openAudit: ConfigurationProblem? {
        let address = configuration.listen
        guard purpose != .command, configuration.posture == .audit, !address.isLoopback,
            configuration.auditListen != address
        else { return nil }
        return problem(
            "listen",
            "\(address.text) can be reached from other machines, and under the posture audit what "
                + "a policy denies is recorded and carried out",
            "Write an address such as 127.0.0.1:\(address.port), or name this one in the "
                + "configuration: audit.listen: \(address.text).")
    }

    private var missingAdminKey: ConfigurationProblem? {
        guard let admin = configuration.adminListen, configuration.adminKey == nil,
            !configuration.dev, purpose != .command
        else { return nil }
        return problem(
            "admin_key", "there is none, and operators' commands are served at \(admin.text)",
            "Make one with 'head -c 32 /dev/urandom | base64 > admin.key' and name the file with "
                + "admin_key_file, --admin-key-file or GLOVEBOX_ADMIN_KEY_FILE, or write "
                + "admin_listen: off.")
    }

    private var sameAddress: ConfigurationProblem? {
        guard let admin = configuration.adminListen, admin.collides(with: configuration.listen)
        else { return nil }
        return problem(
            "admin_listen", "\(admin.text) and listen's \(configuration.listen.text) are one place",
            "Choose another port for one of them.")
    }

    private func privilegedPort(_ key: String, _ address: ListenAddress) -> ConfigurationProblem? {
        let first = machine.firstUnprivilegedPort
        guard machine.isRoot, address.port > 0, address.port < first
        else { return nil }
        return problem(
            key,
            "port \(address.port) is below \(first), which only root may listen on, and root's "
                + "rights are given up before that",
            "Choose a port from \(first), with a reverse proxy in front of it, or lower "
                + "net.ipv4.ip_unprivileged_port_start.")
    }

    private var connectionsOfOneAddress: ConfigurationProblem? {
        let http = configuration.http
        guard http.connectionsPerAddress > http.connections else { return nil }
        return problem(
            "http.connections_per_address",
            "\(http.connectionsPerAddress) of one address is more than the \(http.connections) "
                + "there are of all, so that it would limit nothing",
            "Write at most \(http.connections).")
    }

    private var missingQuarantineKey: ConfigurationProblem? {
        guard configuration.quarantine.size > 0, configuration.quarantineKey == nil,
            purpose == .serving
        else { return nil }
        return problem(
            "quarantine_key", "there is none, and inputs are never kept unencrypted",
            "Make one with 'head -c 32 /dev/urandom | base64 > quarantine.key' and name the file "
                + "with quarantine_key_file or GLOVEBOX_QUARANTINE_KEY_FILE, or write "
                + "quarantine.size: 0.")
    }

    private func longestWait(
        _ section: String, _ first: Duration, _ longest: Duration
    ) -> ConfigurationProblem? {
        guard longest < first else { return nil }
        return problem(
            "\(section).longest", "\(Time.text(longest)) is less than the first wait",
            "Write at least \(Time.text(first)), or lower \(section).first.")
    }

    private var memoryForOneImage: ConfigurationProblem? {
        guard let input = configuration.limits.inputBytes, input > configuration.memory else {
            return nil
        }
        return problem(
            "memory",
            "\(Size.text(configuration.memory)) for all requests is less than one input of "
                + "max_input_bytes, \(Size.text(input)), may need",
            "Write at least \(Size.text(input)), or lower max_input_bytes.")
    }
}

extension ServiceConfiguration {
    /// Gives the settings whose default depends on another one that default.
    mutating func settleDefaults(on machine: Machine) {
        if origins["workers"] == nil { settleWorkers(machine.memory) }
        if origins["queue"] == nil { queue = workers * 16 }
        if origins["warm"] == nil { warm = workers }
        // Whoever tries things out on one machine kills children on purpose.
        if origins["slowing.deaths"] == nil, dev { slowing.deaths = 0 }
        if origins["penalty.errors"] == nil, dev { penalty.errors = 0 }
        if origins["clients.rate"] == nil, dev { clients.rate = nil }
        if origins["http.connections"] == nil, let descriptors = machine.descriptors {
            http.connections = min(8_192, connections(within: descriptors))
            reasons["http.connections"] =
                descriptors == .max ? "no limit on descriptors" : "\(descriptors) descriptors"
        }
        if origins["http.connections_per_address"] == nil {
            http.connectionsPerAddress = min(http.connectionsPerAddress, http.connections)
        }
    }

    /// How many connections there may be at the most, when each request may have a file or a connection
    /// to its source open too.
    ///
    /// - Returns: at least 16.
    private func connections(within descriptors: Int) -> Int {
        // Zygotes, logs, the records' files, and connections to the admin listener.
        let own = 192
        // A child has eight, and there are three kinds of zygote, each with children that wait.
        let children = 8 * (workers + 3 * warm)
        return max(16, (descriptors - own - children) / 2)
    }

    /// No more children at a time than can have all the memory that they may use.
    private mutating func settleWorkers(_ available: MachineMemory?) {
        reasons["workers"] = "processors"
        guard let available else { return }
        let most = available.workers(beside: memory)
        guard most < workers else { return }
        workers = most
        let size = Size.text(Int(clamping: available.bytes >> 20) << 20)
        reasons["workers"] =
            available.isLimited ? "\(size), the control group's limit" : "\(size) of memory"
    }
}
