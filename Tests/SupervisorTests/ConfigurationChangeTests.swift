import Logging
import Testing

@testable import Supervisor

@Suite("Reloading the configuration")
struct ConfigurationChangeTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("the same files change nothing")
    func same() throws {
        try folder.write("timeout: 5\nworkers: 3\n", to: "glovebox.yaml")
        let loader = folder.loader(dev: true)
        let first = try loader.load(for: .serving)
        #expect(try first.change(to: loader.load(for: .serving)).get() == [])
    }

    @Test("files are read anew, and what may change is named by its key")
    func changed() throws {
        try folder.write("timeout: 5\n", to: "glovebox.yaml")
        let loader = folder.loader(["log_level": "debug"], dev: true)
        let first = try loader.load(for: .serving)
        let text = "timeout: 6\nlog_level: error\nhttp: {idle_timeout: 1m}\nmax_frames: 2\n"
        try folder.write(text, to: "glovebox.yaml")
        let second = try loader.load(for: .serving)
        // An option of the start still wins over the file.
        #expect(second.logLevel == .debug)
        #expect(
            try first.change(to: second).get() == ["timeout", "max_frames", "http.idle_timeout"])
    }

    @Test("where a value comes from is no change")
    func origins() throws {
        let loader = folder.loader(dev: true)
        let first = try loader.load(for: .serving)
        try folder.write("workers: 2\ntimeout: 10000ms\n", to: "glovebox.yaml")
        #expect(try first.change(to: loader.load(for: .serving)).get() == [])
    }

    @Test("one setting that needs a restart refuses the whole reload, by its name")
    func fixed() throws {
        let loader = folder.loader(dev: true)
        let first = try loader.load(for: .serving)
        let file = try folder.write(
            "timeout: 6\nmemory: 1GiB\nlisten: 127.0.0.1:9000\n", to: "glovebox.yaml")
        let change = first.change(to: try loader.load(for: .serving))
        let error = #expect(throws: ConfigurationError.self) { try change.get() }
        #expect(
            error?.problems.map(\.description) == [
                "\(file): memory: a running service keeps 512MiB and cannot change to 1GiB. "
                    + "Restart it, or take the change back. (line 2)",
                "\(file): listen: a running service keeps 127.0.0.1:8080 and cannot change to "
                    + "127.0.0.1:9000. Restart it, or take the change back. (line 3)",
            ])
    }

    @Test("a file that has become wrong is refused with its reasons")
    func wrong() throws {
        let loader = folder.loader(dev: true)
        _ = try loader.load(for: .serving)
        try folder.write("timeout: soon\n", to: "glovebox.yaml")
        #expect(loader.problems(.serving).count == 1)
    }

    @Test("exactly what the specification lists can be reloaded")
    func reloadable() {
        #expect(
            Set(SettingTable.all.filter(\.reloads).map(\.key)) == [
                "keys", "keys_max_age", "key", "salt", "s3.endpoint", "s3.region", "s3.access_key",
                "s3.secret_key",
                "s3.session_token", "s3.path_style", "signed.signature_size", "signed.trusted",
                "signed.bearer", "signed.longest",
                "signed.prefix", "signed.base_url", "signed.replacements", "signed.separator",
                "signed.file_names", "signed.max_age", "signed.cache_control",
                "sources.allowed", "sources.addresses", "sources.ports", "sources.redirects",
                "sources.connect_timeout", "sources.answer_timeout", "sources.timeout",
                "sources.certificates", "sources.user_agent", "sources.breaker_failures",
                "sources.breaker_time", "sources.failure_cache",
                "admin_key", "timeout", "max_input_bytes", "max_pixels", "max_frames",
                "http.header_timeout", "http.body_timeout", "http.idle_timeout",
                "http.write_timeout", "log_level", "log_format", "poison.count",
                "poison.window", "poison.for", "poison.size", "slowing.deaths",
                "ip_allow", "clients.signed_rate", "clients.rate", "clients.concurrent",
                "penalty.errors", "penalty.window",
                "penalty.first", "penalty.longest",
                "slowing.window", "slowing.first", "slowing.longest", "max_frame_pixels",
                "max_result_side", "options.presets", "options.only_presets", "options.allowed",
                "options.limits", "result.quality", "result.format_quality", "result.progressive",
                "result.palette", "result.formats", "result.preferred", "result.auto",
                "result.enforce", "result.client_hints", "result.strip_metadata",
                "result.keep_copyright", "result.strip_color_profile", "result.auto_rotate",
                "result.enforce_thumbnail", "result.attachment", "result.skip", "watermark.path",
                "watermark.data", "watermark.opacity", "fallback.path", "fallback.data",
                "fallback.status", "proxies.trusted", "proxies.field", "proxies.https",
                "cors.origins", "cors.credentials", "cors.max_age",
            ])
    }
}
