import ImageVocabulary
import Logging
import SandboxPolicy

/// Everything that can be set, with its final value. ``SettingTable`` has one row for each, and
/// ``ConfigurationLoader`` makes it from the command line, the environment and the files.
struct ServiceConfiguration: Equatable, Sendable {
    var listen = ListenAddress.standard
    /// nil when there is no admin listener.
    var adminListen: ListenAddress? = .standardAdmin
    var adminKey: Secret?
    /// Where clients may ask from; empty for anywhere.
    var ipAllow: [NetworkBlock] = []
    /// Clients' keys that are not in the store.
    var keys = DeclaredKeys()
    /// The age at which a key or a signing pair ought to be changed; zero for none.
    var keysMaxAge = Duration.seconds(365 * 86_400)
    var proxies = ProxySettings()
    /// `cors`: which web pages may read answers.
    var crossOrigin = CrossOrigin()
    /// The state directory.
    var state = "/var/lib/glovebox"
    /// The folder whose images may be asked for by path.
    var images: String?
    var signing = SigningSettings()
    var sources = SourceSettings()
    var s3 = BucketSettings()
    /// The folder of policy files.
    var policies = "/etc/glovebox/policies"
    /// The formats that are accepted; nil for all that the policies cover.
    var formats: [ImageFormat]?
    /// The folder with libvips; nil for the system's.
    var vips: String?
    /// The path of glovebox-sandbox.
    var sandbox = "glovebox-sandbox"
    /// The account to work under when started as root.
    var user = Account.nobody
    var posture = NamedPosture.strict
    /// Where images may be served beyond loopback under the posture audit.
    var auditListen: ListenAddress?
    var workers = 2
    /// Images that may wait for a worker.
    var queue = 32
    /// Children of each policy that wait for an image.
    var warm = 2
    var jobs = JobSettings()
    /// How long one image may take, from the request to the result.
    var timeout = Duration.seconds(10)
    var limits = LimitSettings()
    var options = OptionSettings()
    var results = ResultSettings()
    var watermark = WatermarkSettings()
    var fallback = FallbackSettings()
    /// Bytes for inputs and results of all requests together.
    var memory = 512 << 20
    var generation = GenerationSettings()
    /// How long a child may take until it is confined and waits.
    var birthTimeout = Duration.seconds(10)
    var http = HTTPSettings()
    var clients = ClientSettings()
    var penalty = PenaltySettings()
    var poison = PoisonSettings()
    var slowing = SlowingSettings()
    var quarantine = QuarantineSettings()
    var quarantineKey: QuarantineKey?
    var crashes = CrashSettings()
    var auditLog = AuditSettings()
    /// What seals the audit log; nil for a key in the state directory.
    var auditLogKey: QuarantineKey?
    /// How long a stop waits for answers that are under way.
    var drainTimeout = Duration.seconds(20)
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.auto
    /// Ask nobody for a key, on loopback only. Never from a file.
    var dev = false

    /// The configuration file that was read; nil when there was none.
    var file: String?
    /// Where each value comes from, by key. What is not here is a default.
    var origins: [String: Origin] = [:]
    /// What a default comes from that is not the same on every machine, by key.
    var reasons: [String: String] = [:]
    /// What works, and should not stay as it is.
    var warnings: [String] = []

    /// Where the value of a setting comes from.
    func origin(of key: String) -> Origin { origins[key] ?? Origin(.standard, key) }
}

/// `jobs`: which images go first, and which are one job.
struct JobSettings: Equatable, Sendable {
    /// Whether equal requests at one time share a child.
    var coalesce = true
    /// Bytes of an input above which its job is large; nil where none is.
    var largeInput: Int? = 8 << 20
}

/// What an image may cost; nil leaves the policy's limit.
struct LimitSettings: Equatable, Sendable {
    /// Bytes of an input.
    var inputBytes: Int?
    /// Pixels of an image, all frames together.
    var pixels: Int?
    /// Pixels of one frame of an animation.
    var framePixels: Int?
    /// Frames of an animation that are used; the others are left out.
    var frames = 1
    /// Largest side of a result; nil for any.
    var resultSide: Int?
}

/// `generation`: when a zygote is replaced by a new one.
struct GenerationSettings: Equatable, Sendable {
    /// Children that one zygote forks at most.
    var forks = 10_000
    /// Its largest age.
    var age = Duration.seconds(3_600)
    /// The least time between two replacements for crashes.
    var interval = Duration.seconds(1)
}

/// `crashes`: what is kept of children that did not end well.
struct CrashSettings: Equatable, Sendable {
    /// Bytes of all files of the crash log together.
    var maxSize = 256 << 20
    /// How long they are kept.
    var keep = Duration.seconds(30 * 86_400)
    var sync = CrashSync.second
    /// Crashes of one signature within a minute of which each gets a record.
    var full = 10

    var store: RecordStore.Settings {
        RecordStore.Settings(
            limits: CrashWriter.Limits(size: maxSize, keep: keep, sync: sync), full: full)
    }
}

/// `audit_log`: what is kept of who did what.
struct AuditSettings: Equatable, Sendable {
    /// Bytes of all its files together.
    var maxSize = 256 << 20
    /// How long they are kept.
    var keep = Duration.seconds(400 * 86_400)
}

/// `http`: what a connection of the public listener may cost.
struct HTTPSettings: Equatable, Sendable {
    var connections = 1_024
    var connectionsPerAddress = 256
    /// Until the head of a request is complete.
    var headerTimeout = Duration.seconds(10)
    /// From the head until the whole body has arrived.
    var bodyTimeout = Duration.seconds(30)
    /// Between two requests.
    var idleTimeout = Duration.seconds(15)
    /// Until a response is taken.
    var writeTimeout = Duration.seconds(10)
    /// Bytes of all header fields together.
    var headerBytes = 16 << 10
}

/// Where a value comes from.
struct Origin: Equatable, Sendable {
    enum Kind: String, Sendable {
        case standard = "default"
        case option
        case variable
        case environmentFile = ".env"
        case file
    }

    let kind: Kind
    /// What stands before a message about it: `--listen`, `GLOVEBOX_LISTEN`,
    /// `.env: GLOVEBOX_LISTEN`, `glovebox.yaml: listen`; the key alone for a default.
    let label: String
    /// The line in its file.
    let line: Int?

    init(_ kind: Kind, _ label: String, line: Int? = nil) {
        self.kind = kind
        self.label = label
        self.line = line
    }

    /// Whether it was given with the command, and not in a file.
    var isGivenWithCommand: Bool { kind == .option || kind == .variable }
}
