import RequestSyntax

/// Which variables that begin with `GLOVEBOX_` may be there. A typing error in the name of a limit
/// must not go unnoticed, so every other one is refused.
enum KnownVariables {
    static let config = "GLOVEBOX_CONFIG"
    static let dev = "GLOVEBOX_DEV"
    /// Of the scripts and the package description; programs that they start inherit them.
    static let ofScripts = [
        "GLOVEBOX_SCRATCH", "GLOVEBOX_CORE", "GLOVEBOX_FUZZ", "GLOVEBOX_TEST_PYTHON",
    ]
    /// That stand for a setting.
    static let ofSettings = SettingTable.all.flatMap {
        [$0.variable] + ($0.fileVariable.map { [$0] } ?? [])
    }

    /// The problems of variables that nothing reads.
    static func problems(in variables: [String: String]) -> [ConfigurationProblem] {
        variables.keys.sorted().compactMap { name in
            guard isUnknown(name, value: variables[name] ?? "") else { return nil }
            return ConfigurationProblem(
                Origin(.variable, name), "there is no such variable", advice(for: name))
        }
    }

    /// The same for an environment file, which cannot decide whether it is read.
    static func problems(in file: EnvironmentFile) -> [ConfigurationProblem] {
        file.variables.keys.sorted().compactMap { name in
            let origin = Origin(
                .environmentFile, "\(file.path): \(name)", line: file.lines[name])
            if name == config || name == dev {
                return ConfigurationProblem(
                    origin, "this decides what is read and is not taken from here",
                    "Set it in the environment, or give its option.")
            }
            guard isUnknown(name, value: file.variables[name] ?? "") else { return nil }
            return ConfigurationProblem(origin, "there is no such variable", advice(for: name))
        }
    }

    private static func isUnknown(_ name: String, value: String) -> Bool {
        name.hasPrefix("GLOVEBOX_") && !([config, dev] + ofScripts + ofSettings).contains(name)
            && !isOfServiceLink(name, value: value)
    }

    private static func advice(for name: String) -> String {
        let nearest = NearestName.of(name, among: ofSettings + [config, dev])
        return nearest.map { "Write \($0), or unset it." }
            ?? "Unset it; 'glovebox config show' lists what can be set."
    }

    /// Kubernetes describes a Service called glovebox or glovebox-… to every container near it:
    /// GLOVEBOX_SERVICE_HOST, GLOVEBOX_SERVICE_PORT, GLOVEBOX_SERVICE_PORT_HTTP, GLOVEBOX_PORT and
    /// GLOVEBOX_PORT_8080_TCP with _PROTO, _PORT and _ADDR ("Discovering services" in its manual).
    private static func isOfServiceLink(_ name: String, value: String) -> Bool {
        let link =
            /GLOVEBOX_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_.+)?)/
        // What an operator would write there is a number.
        return name.wholeMatch(of: link) != nil
            || (name.hasSuffix("_PORT") && value.contains("://"))
    }
}
