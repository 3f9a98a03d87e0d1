import ArgumentParser
import Logging

/// Options of every command that processes images. Their texts come from ``SettingTable``.
struct SandboxOptions: ParsableArguments {
    /// What the brackets in the help are.
    static let discussion = """
        A variable in brackets stands for its option where the option is not given. What neither \
        says is taken from the configuration file; docs/configuration.md describes it.
        """

    @Option(
        help: .init(
            """
            Configuration file, or off for none (default: ./glovebox.yaml, else \
            /etc/glovebox/glovebox.yaml, where it is there) [GLOVEBOX_CONFIG]
            """, valueName: "file"))
    var config: String?

    @Option(help: .setting("policies", "dir"))
    var policies: String?

    @Option(help: .setting("formats", "name,..."))
    var formats: String?

    @Option(help: .setting("vips", "dir"))
    var vips: String?

    @Option(help: .setting("sandbox", "path"))
    var sandbox: String?

    @Option(help: .setting("user", "name|uid"))
    var user: String?

    @Option(help: .setting("posture", "name"))
    var posture: String?

    @Option(name: .customLong("max-input-bytes"), help: .setting("max_input_bytes", "size"))
    var maxInputBytes: String?

    @Option(name: .customLong("max-pixels"), help: .setting("max_pixels", "n"))
    var maxPixels: String?

    @Option(name: .customLong("max-frames"), help: .setting("max_frames", "n"))
    var maxFrames: String?

    @Option(help: .setting("timeout", "time"))
    var timeout: String?

    @Option(name: .customLong("log-level"), help: .setting("log_level", "level"))
    var logLevel: String?

    var given: GivenOptions {
        let values = [
            "policies": policies, "formats": formats, "vips": vips, "sandbox": sandbox,
            "user": user,
            "posture": posture, "max_input_bytes": maxInputBytes, "max_pixels": maxPixels,
            "max_frames": maxFrames, "timeout": timeout, "log_level": logLevel,
        ]
        return GivenOptions(values: values.compactMapValues { $0 }, config: config)
    }

    /// The configuration of a command that uses some of it.
    func configuration() throws(CommandFailure) -> ServiceConfiguration {
        try ConfigurationLoader(options: given).configuration(for: .command)
    }
}

extension ConfigurationLoader {
    /// ``load(for:)`` for a command line.
    func configuration(for purpose: Purpose) throws(CommandFailure) -> ServiceConfiguration {
        do throws(ConfigurationError) {
            return try load(for: purpose)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension ServiceConfiguration {
    /// The level for commands that are not the service: a file's is meant for the service.
    var commandLogLevel: Logger.Level {
        origin(of: "log_level").isGivenWithCommand ? logLevel : .warning
    }
}
