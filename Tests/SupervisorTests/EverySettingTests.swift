import Foundation
import ImageVocabulary
import Logging
import RequestSyntax
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Every setting")
struct EverySettingTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

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
            "ip_allow": "192.0.2.0/24,2001:db8::/32", "clients.signed_rate": "47/s",
            "clients.rate": "48/m", "clients.concurrent": "49", "penalty.errors": "50",
            "penalty.window": "51", "penalty.first": "52", "penalty.longest": "53",
            "slowing.deaths": "34", "slowing.window": "35", "slowing.first": "36",
            "slowing.longest": "37", "quarantine.size": "38MiB", "quarantine.keep": "39h",
            "quarantine_key": String(repeating: "0a", count: 32),
            "generation.forks": "16", "generation.age": "17", "generation.interval": "18",
            "http.connections": "190", "http.connections_per_address": "20",
            "http.header_timeout": "21", "http.body_timeout": "22", "http.idle_timeout": "23",
            "http.write_timeout": "24", "http.header_bytes": "2500", "drain_timeout": "26",
            "log_level": "debug", "log_format": "text", "crashes.max_size": "2MiB",
            "crashes.keep": "3d", "crashes.sync": "each", "crashes.full": "27",
            "audit_log.max_size": "3MiB", "audit_log.keep": "4d",
            "audit_log.key": String(repeating: "0b", count: 32),
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
            "signed.signature_size": "8", "signed.longest": "53", "signed.trusted": "a,b",
            "signed.bearer": "abc",
            "signed.prefix": "/p/q", "signed.base_url": "https://a/", "signed.separator": ";",
            "signed.replacements": "^a://=b://", "signed.file_names": "true",
            "signed.max_age": "45", "signed.cache_control": "true",
            "sources.allowed": "https://*.a.example/,local:///x/",
            "sources.addresses": "10.0.0.0/8,::1", "sources.ports": "8080,81",
            "sources.redirects": "0", "sources.connect_timeout": "46",
            "sources.answer_timeout": "47", "sources.timeout": "48",
            "sources.certificates": "/c.pem", "sources.user_agent": "a b/1",
            "s3.endpoint": "https://minio.example:9000", "s3.region": "eu-west-1",
            "s3.access_key": "AKIA", "s3.secret_key": "abcd", "s3.session_token": "efgh",
            "s3.path_style": "false", "keys_max_age": "50d",
            "keys":
                "[{id: a, hash: 'sha256:\(String(repeating: "0d", count: 32))', scopes: [info]}]",
            "sources.breaker_failures": "49", "sources.breaker_time": "50",
            "sources.failure_cache": "51",
            "proxies.trusted": "10.0.0.0/8", "proxies.field": "forwarded", "proxies.https": "true",
            "cors.origins": "https://a.example,http://localhost:3000",
            "cors.credentials": "true", "cors.max_age": "52",
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
        let hash = String(repeating: "0d", count: 32)
        expected.keys = try DeclaredKeys(
            Array("[{id: a, hash: 'sha256:\(hash)', scopes: [info]}]".utf8))
        expected.keysMaxAge = .seconds(50 * 86_400)
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
        expected.clients = ClientSettings(
            rate: Rate(48, per: .minute), signedRate: Rate(47, per: .second), concurrent: 49)
        expected.ipAllow = [
            try #require(NetworkBlock("192.0.2.0/24")), try #require(NetworkBlock("2001:db8::/32")),
        ]
        expected.penalty = PenaltySettings(
            errors: 50, window: .seconds(51), first: .seconds(52), longest: .seconds(53))
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
        expected.auditLog = AuditSettings(maxSize: 3 << 20, keep: .seconds(345_600))
        expected.auditLogKey = QuarantineKey(String(repeating: "0b", count: 32))
        expected.drainTimeout = .seconds(26)
        expected.signing = SigningSettings(
            keys: HexSecrets(values: [[10], [11]]), salts: HexSecrets(values: [[12], [13]]),
            signatureSize: 8, longest: .seconds(53), trusted: SecretTexts(values: ["a", "b"]),
            bearer: Secret("abc"),
            prefix: "/p/q", baseURL: "https://a/",
            replacements: [AddressReplacement(pattern: "^a://", replacement: "b://")],
            separator: ";", fileNames: true, maxAge: .seconds(45), passesCacheControl: true)
        guard case .remote(let endpoint) = try SourceAddress("https://minio.example:9000") else {
            Issue.record("the endpoint is no server")
            return
        }
        expected.s3 = BucketSettings(
            endpoint: endpoint, region: "eu-west-1", accessKey: "AKIA",
            secretKey: Secret("abcd"), sessionToken: Secret("efgh"), pathStyle: false)
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
        expected.sources.breakerFailures = 49
        expected.sources.breakerTime = .seconds(50)
        expected.sources.failureCache = .seconds(51)
        expected.proxies = ProxySettings(
            trust: ClientAddress(
                trusted: [try #require(NetworkBlock("10.0.0.0/8"))], field: .forwarded),
            https: true)
        expected.crossOrigin = CrossOrigin(
            pages: .of([
                try WebOrigin("https://a.example"), try WebOrigin("http://localhost:3000"),
            ]), credentials: true, maxAge: .seconds(52))
        expected.logLevel = .debug
        expected.logFormat = .text
        expected.file = found.file
        expected.origins = found.origins
        expected.reasons = found.reasons
        #expect(found == expected)
        #expect(found.origins.count == SettingTable.all.count)
    }
}
