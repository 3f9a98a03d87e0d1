import ArgumentParser

/// Options of `serve`, and of the commands that show what it would do.
struct ServiceOptions: ParsableArguments {
    @Option(help: .setting("listen", "address:port"))
    var listen: String?

    @Option(name: .customLong("admin-listen"), help: .setting("admin_listen", "address:port"))
    var adminListen: String?

    @Option(
        name: .customLong("admin-key-file"),
        help: .init(
            "File with the key that the admin listener asks for. [GLOVEBOX_ADMIN_KEY_FILE]",
            valueName: "file"))
    var adminKeyFile: String?

    @Option(
        name: .customLong("quarantine-key-file"),
        help: .init(
            "File with the key of the quarantine. [GLOVEBOX_QUARANTINE_KEY_FILE]",
            valueName: "file"))
    var quarantineKeyFile: String?

    @Option(help: .setting("state", "dir"))
    var state: String?

    @Option(help: .setting("images", "dir"))
    var images: String?

    @Flag(help: "Ask nobody for a key. On loopback only. [GLOVEBOX_DEV]")
    var dev = false

    @Option(help: .setting("workers", "n"))
    var workers: String?

    @Option(help: .setting("queue", "n"))
    var queue: String?

    @Option(help: .setting("warm", "n"))
    var warm: String?

    @Option(help: .setting("memory", "size"))
    var memory: String?

    @Option(name: .customLong("birth-timeout"), help: .setting("birth_timeout", "time"))
    var birthTimeout: String?

    @Option(name: .customLong("drain-timeout"), help: .setting("drain_timeout", "time"))
    var drainTimeout: String?

    @Option(name: .customLong("log-format"), help: .setting("log_format", "format"))
    var logFormat: String?

    @Flag(name: .customLong("strict-type"), help: .setting("sources.strict_type"))
    var strictType = false

    @OptionGroup(title: "Images and sandbox")
    var sandbox: SandboxOptions

    var given: GivenOptions {
        let values = [
            "listen": listen, "admin_listen": adminListen, "admin_key_file": adminKeyFile,
            "quarantine_key_file": quarantineKeyFile,
            "state": state, "images": images, "workers": workers, "queue": queue, "warm": warm,
            "memory": memory, "birth_timeout": birthTimeout, "drain_timeout": drainTimeout,
            "log_format": logFormat, "sources.strict_type": strictType ? "true" : nil,
        ]
        var given = sandbox.given
        given.values.merge(values.compactMapValues { $0 }) { own, _ in own }
        given.dev = dev
        return given
    }
}
