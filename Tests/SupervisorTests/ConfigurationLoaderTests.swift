import Foundation
import ImageVocabulary
import Logging
import RequestSyntax
import SandboxPolicy
import Testing

@testable import Supervisor

/// A folder with configuration files, removed after its test.
final class ConfigurationFolder: Sendable {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "glovebox-configuration-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    @discardableResult
    func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let path = path(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    /// A machine with these files only, on which nothing is root's.
    var machine: Machine {
        Machine(
            standard: ServiceConfiguration(), isRoot: false, firstUnprivilegedPort: 1_024,
            defaultFiles: [path("glovebox.yaml"), path("system.yaml")],
            environmentFile: path(".env"))
    }

    func loader(
        _ options: [String: String] = [:], variables: [String: String] = [:],
        config: String? = nil, dev: Bool = false
    ) -> ConfigurationLoader {
        ConfigurationLoader(
            options: GivenOptions(values: options, config: config, dev: dev),
            variables: variables, machine: machine)
    }
}

extension ConfigurationLoader {
    /// What is wrong, one problem a line.
    func problems(_ purpose: Purpose = .command) -> [String] {
        do throws(ConfigurationError) {
            _ = try load(for: purpose)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}

@Suite("Where settings come from")
struct ConfigurationLoaderTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("option, variable, environment file, configuration file, default: the first wins")
    func precedence() throws {
        func timeout(_ loader: ConfigurationLoader) throws -> String {
            let configuration = try loader.load(for: .command)
            let origin = configuration.origin(of: "timeout")
            return "\(configuration.timeout) \(origin.kind.rawValue) \(origin.label)"
        }
        #expect(try timeout(folder.loader(dev: true)) == "10.0 seconds default timeout")
        let file = try folder.write("timeout: 5\n", to: "glovebox.yaml")
        #expect(try timeout(folder.loader(dev: true)) == "5.0 seconds file \(file): timeout")
        let env = try folder.write("GLOVEBOX_TIMEOUT=4s\n", to: ".env")
        #expect(
            try timeout(folder.loader(dev: true))
                == "4.0 seconds .env \(env): GLOVEBOX_TIMEOUT")
        #expect(try timeout(folder.loader()) == "5.0 seconds file \(file): timeout")
        let variables = ["GLOVEBOX_TIMEOUT": "3"]
        #expect(
            try timeout(folder.loader(variables: variables, dev: true))
                == "3.0 seconds variable GLOVEBOX_TIMEOUT")
        #expect(
            try timeout(folder.loader(["timeout": "2"], variables: variables, dev: true))
                == "2.0 seconds option --timeout")
        #expect(
            try timeout(folder.loader(variables: ["GLOVEBOX_TIMEOUT": ""]))
                == "5.0 seconds file \(file): timeout")
    }

    @Test("a configuration file is the named one, else the first that is there, or none")
    func files() throws {
        #expect(try folder.loader().load(for: .command).file == nil)
        let system = try folder.write("workers: 3", to: "system.yaml")
        #expect(try folder.loader().load(for: .command).workers == 3)
        let near = try folder.write("workers: 4", to: "glovebox.yaml")
        #expect(try folder.loader().load(for: .command).file == near)
        let variables = ["GLOVEBOX_CONFIG": system]
        #expect(try folder.loader(variables: variables).load(for: .command).workers == 3)
        #expect(
            try folder.loader(variables: variables, config: near).load(for: .command).workers == 4)
        #expect(try folder.loader(config: "off").load(for: .command).workers == 2)
        let missing = folder.path("missing.yaml")
        #expect(
            folder.loader(config: missing).problems() == [
                "--config: the configuration file \(missing) cannot be read: No such file or "
                    + "directory. Name a file that this account may read, or write --config off "
                    + "for none."
            ])
        #expect(folder.loader(config: folder.path("")).problems().count == 1)
    }

    @Test("every setting can be set by its key and by its variable", arguments: [true, false])
    func everySetting(_ isFile: Bool) throws {
        let values = [
            "listen": "127.0.0.1:1", "admin_listen": "off", "admin_key": "0123456789abcdef",
            "state": "/s", "images": "/i", "sources.strict_type": "true", "policies": "/p",
            "formats": "png,jpg",
            "vips": "/v", "sandbox": "/b", "user": "1000", "posture": "container",
            "audit.listen": "127.0.0.1:1",
            "workers": "7", "queue": "8", "warm": "9",
            "jobs.coalesce": "false", "jobs.large_input": "3MiB", "timeout": "11",
            "birth_timeout": "12",
            "memory": "2MiB", "max_input_bytes": "1MiB", "max_pixels": "14", "max_frames": "15",
            "poison.count": "30", "poison.window": "31", "poison.for": "32", "poison.size": "33",
            "slowing.deaths": "34", "slowing.window": "35", "slowing.first": "36",
            "slowing.longest": "37", "quarantine.size": "38MiB", "quarantine.keep": "39h",
            "quarantine_key": String(repeating: "0a", count: 32),
            "generation.forks": "16", "generation.age": "17", "generation.interval": "18",
            "http.connections": "190", "http.connections_per_address": "20",
            "http.header_timeout": "21", "http.body_timeout": "22", "http.idle_timeout": "23",
            "http.write_timeout": "24", "http.header_bytes": "2500", "drain_timeout": "26",
            "log_level": "debug", "log_format": "text", "crashes.max_size": "2MiB",
            "crashes.keep": "3d", "crashes.sync": "each", "crashes.full": "27",
            "max_frame_pixels": "40", "max_result_side": "41", "options.presets": "a=w:1",
            "options.only_presets": "true", "options.allowed": "w,h", "options.limits": "true",
            "result.quality": "42", "result.format_quality": "webp=43",
            "result.progressive": "true", "result.palette": "44", "result.formats": "png,webp",
            "result.preferred": "png", "result.auto": "webp", "result.enforce": "webp",
            "result.client_hints": "true", "result.strip_metadata": "false",
            "result.keep_copyright": "false", "result.strip_color_profile": "false",
            "result.auto_rotate": "false", "result.enforce_thumbnail": "true",
            "result.attachment": "true", "result.skip": "gif", "watermark.path": "/w",
            "watermark.data": "AAAA", "watermark.opacity": "0.5", "fallback.path": "/f",
            "fallback.data": "AAAA", "fallback.status": "404", "key": "0a,0b", "salt": "0c,0d",
            "signed.signature_size": "8", "signed.trusted": "a,b", "signed.bearer": "abc",
            "signed.prefix": "/p/q", "signed.base_url": "https://a/", "signed.separator": ";",
            "signed.replacements": "^a://=b://", "signed.file_names": "true",
            "signed.max_age": "45", "signed.cache_control": "true",
            "sources.allowed": "https://*.a.example/,local:///x/",
            "sources.addresses": "10.0.0.0/8,::1", "sources.ports": "8080,81",
            "sources.redirects": "0", "sources.connect_timeout": "46",
            "sources.answer_timeout": "47", "sources.timeout": "48",
            "sources.certificates": "/c.pem", "sources.user_agent": "a b/1",
            "sources.failures": "49", "sources.rest": "50", "sources.memory": "51",
        ]
        #expect(Set(values.keys) == Set(SettingTable.all.map(\.key)))
        var variables: [String: String] = [:]
        if isFile {
            let sections = Dictionary(grouping: values) { pair in
                pair.key.contains(".") ? String(pair.key.prefix { $0 != "." }) : ""
            }
            var text = ""
            for (section, pairs) in sections.sorted(by: { $0.key < $1.key }) {
                if !section.isEmpty { text += "\(section):\n" }
                for (key, value) in pairs {
                    let name = key.split(separator: ".").last ?? ""
                    text += (section.isEmpty ? "" : "  ") + "\(name): \(value)\n"
                }
            }
            try folder.write(text, to: "glovebox.yaml")
        } else {
            for setting in SettingTable.all { variables[setting.variable] = values[setting.key] }
        }
        let found = try folder.loader(variables: variables).load(for: .command)
        var expected = ServiceConfiguration()
        expected.listen = try #require(ListenAddress("127.0.0.1:1"))
        expected.adminListen = nil
        expected.adminKey = Secret("0123456789abcdef")
        expected.state = "/s"
        expected.images = "/i"
        expected.sources.strictType = true
        expected.policies = "/p"
        expected.formats = [.jpeg, .png]
        expected.vips = "/v"
        expected.sandbox = "/b"
        expected.user = try Account.named("1000")
        expected.posture = .container
        expected.auditListen = expected.listen
        expected.workers = 7
        expected.queue = 8
        expected.warm = 9
        expected.jobs = JobSettings(coalesce: false, largeInput: 3 << 20)
        expected.timeout = .seconds(11)
        expected.birthTimeout = .seconds(12)
        expected.memory = 2 << 20
        expected.limits = LimitSettings(
            inputBytes: 1 << 20, pixels: 14, framePixels: 40, frames: 15, resultSide: 41)
        expected.options = OptionSettings(
            presets: [Preset(name: "a", options: [WrittenOption(name: "w", arguments: ["1"])])],
            onlyPresets: true, allowed: ["w", "h"], limits: true)
        expected.results = ResultSettings(
            quality: 42, formatQuality: FormatQuality(values: [.webp: 43]), progressive: true,
            palette: 44, formats: [.png, .webp], preferred: [.png], auto: [.webp],
            enforced: [.webp], clientHints: true, stripMetadata: false, keepCopyright: false,
            stripProfile: false, autoRotate: false, enforceThumbnail: true, isAttachment: true,
            skipped: [.gif])
        let data = ImageData(bytes: [0, 0, 0])
        expected.watermark = WatermarkSettings(path: "/w", data: data, opacity: 0.5)
        expected.fallback = FallbackSettings(path: "/f", data: data, status: 404)
        expected.generation = GenerationSettings(
            forks: 16, age: .seconds(17), interval: .seconds(18))
        expected.poison = PoisonSettings(
            count: 30, window: .seconds(31), duration: .seconds(32), size: 33)
        expected.slowing = SlowingSettings(
            deaths: 34, window: .seconds(35), first: .seconds(36), longest: .seconds(37))
        expected.quarantine = QuarantineSettings(size: 38 << 20, keep: .seconds(39 * 3_600))
        expected.quarantineKey = QuarantineKey(String(repeating: "0a", count: 32))
        expected.http = HTTPSettings(
            connections: 190, connectionsPerAddress: 20, headerTimeout: .seconds(21),
            bodyTimeout: .seconds(22), idleTimeout: .seconds(23), writeTimeout: .seconds(24),
            headerBytes: 2_500)
        expected.crashes = CrashSettings(
            maxSize: 2 << 20, keep: .seconds(259_200), sync: .each, full: 27)
        expected.drainTimeout = .seconds(26)
        expected.signing = SigningSettings(
            keys: HexSecrets(values: [[10], [11]]), salts: HexSecrets(values: [[12], [13]]),
            signatureSize: 8, trusted: SecretTexts(values: ["a", "b"]), bearer: Secret("abc"),
            prefix: "/p/q", baseURL: "https://a/",
            replacements: [AddressReplacement(pattern: "^a://", replacement: "b://")],
            separator: ";", fileNames: true, maxAge: .seconds(45), passesCacheControl: true)
        expected.sources.allowed.patterns = [
            try #require(SourcePattern("https://*.a.example/")),
            try #require(SourcePattern("local:///x/")),
        ]
        expected.sources.addresses = [
            try #require(NetworkBlock("10.0.0.0/8")), try #require(NetworkBlock("::1")),
        ]
        expected.sources.ports = [8_080, 81]
        expected.sources.redirects = 0
        expected.sources.connectTimeout = .seconds(46)
        expected.sources.answerTimeout = .seconds(47)
        expected.sources.timeout = .seconds(48)
        expected.sources.certificates = "/c.pem"
        expected.sources.userAgent = "a b/1"
        expected.sources.failures = 49
        expected.sources.rest = .seconds(50)
        expected.sources.memory = .seconds(51)
        expected.logLevel = .debug
        expected.logFormat = .text
        expected.file = found.file
        expected.origins = found.origins
        expected.reasons = found.reasons
        #expect(found == expected)
        #expect(found.origins.count == SettingTable.all.count)
    }

    @Test("a file may write as a list what has commas elsewhere")
    func lists() throws {
        try folder.write(
            """
            key: [aa, bb]
            salt:
              - cc
              - dd
            sources:
              addresses: [10.0.0.0/8, "::1"]
              ports: [81]
            result: {auto: [webp, avif]}
            signed: {replacements: ["^a=b", "^c=d,e"]}
            """, to: "glovebox.yaml")
        let found = try folder.loader().load(for: .command)
        #expect(found.signing.keys.values == [[0xAA], [0xBB]])
        #expect(found.signing.salts.values == [[0xCC], [0xDD]])
        #expect(found.sources.addresses.map(\.description) == ["10.0.0.0/8", "::1/128"])
        #expect(found.sources.ports == [81])
        #expect(found.results.auto == [.webp, .avif])
        #expect(found.signing.replacements.map(\.replacement) == ["b", "d,e"])
    }

    @Test("a default that depends on another setting follows it")
    func derived() throws {
        var found = try folder.loader(["workers": "5"]).load(for: .command)
        #expect(found.queue == 80 && found.warm == 5)
        found = try folder.loader(["workers": "5", "queue": "1", "warm": "2"]).load(for: .command)
        #expect(found.queue == 1 && found.warm == 2)
        let variables = ["GLOVEBOX_HTTP_CONNECTIONS": "100"]
        found = try folder.loader(variables: variables).load(for: .command)
        #expect(found.http.connectionsPerAddress == 100)
    }

    @Test("a relative path in a file counts from the folder of the file")
    func relativePaths() throws {
        let text = "images: pictures\npolicies: /p\nvips: system\nstate: ../s\n"
        try folder.write(text, to: "glovebox.yaml")
        var found = try folder.loader().load(for: .command)
        #expect(found.images == folder.path("pictures"))
        #expect(found.policies == "/p" && found.vips == nil)
        #expect(found.state == folder.path("") + "../s" || found.state == folder.path("../s"))
        found = try folder.loader(["images": "a"], variables: ["GLOVEBOX_STATE": "b"])
            .load(for: .command)
        #expect(found.images == "a" && found.state == "b")
    }

    @Test("everything that is wrong is told at once, also what another source overrides")
    func allAtOnce() throws {
        let file = try folder.write(
            "workers: many\ntimeout: 0\nmax_pixels: 1\n", to: "glovebox.yaml")
        let problems = folder.loader(
            ["max_frames": "none", "timeout": "1"], variables: ["GLOVEBOX_QUEUE": "-1"]
        ).problems()
        #expect(problems.count == 4)
        #expect(problems.first?.hasPrefix("--max-frames: \"none\" is no whole number. ") == true)
        #expect(problems.dropFirst().first?.hasPrefix("GLOVEBOX_QUEUE: \"-1\" ") == true)
        #expect(problems.dropFirst(2).first?.hasPrefix("\(file): workers: \"many\" ") == true)
        #expect(problems.last?.hasPrefix("\(file): timeout: \"0\" is out of range: ") == true)
    }

    @Test("limits narrow those of the policy and never widen them")
    func limits() throws {
        let policy = JobLimits(pixels: 1_000)
        var found = try folder.loader(["max_pixels": "500"]).load(for: .command)
        #expect(try found.limits(within: policy).pixels == 500)
        found = try folder.loader(["max_pixels": "1001"]).load(for: .command)
        let error = #expect(throws: ConfigurationError.self) { try found.limits(within: policy) }
        #expect(
            error?.description
                == "--max-pixels: 1001 is more than the policy's 1000. Write at most 1000, or "
                + "raise it in the policy.")
        #expect(try folder.loader().load(for: .command).limits(within: policy) == policy)
    }

    @Test("policies are the YAML and JSON files of their folder, by name")
    func policies() throws {
        let found = try folder.loader(["policies": folder.path("")]).load(for: .command)
        #expect(throws: ConfigurationError.self) { try found.policyFiles() }
        for name in ["b.json", "a.yaml", "README.md", ".hidden.yaml"] {
            try folder.write("", to: name)
        }
        let names = try found.policyFiles().map { $0.split(separator: "/").last ?? "" }
        #expect(names == ["a.yaml", "b.json"])
    }
}
