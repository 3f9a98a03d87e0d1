import HTTPTypes
import ImageVocabulary
import NIOCore
import RequestSyntax
import Synchronization

/// The settings that a reload can change under a running service, as requests see them: each request
/// and each connection takes one set and keeps it.
final class LiveSettings: Sendable {
    struct Values: Sendable {
        /// What any image may cost; its policy may allow less.
        var limits: JobLimits
        /// How long a job may take once its input is there.
        var jobTime: Duration
        var http: HTTPLimits
        /// Where clients may ask from; empty for anywhere.
        var allowed: [NetworkBlock] = []
        var clients = ClientSettings()
        var penalty = PenaltySettings()
        var poison = PoisonSettings()
        var slowing = SlowingSettings()
        var requests = RequestSettings()
        var signing = SigningSettings()
        var sources = RemoteRules()
        var buckets = BucketSettings()
        /// Whose word about clients counts.
        var proxies = ClientAddress()
        /// Whether they speak TLS with clients.
        var isEncrypted = false
        /// Which web pages may read answers.
        var crossOrigin = CrossOrigin()
        /// Whether nobody is asked for a key.
        var isDevelopment = true
        /// Which set it is since the start.
        fileprivate(set) var revision = 0

        init(limits: JobLimits, jobTime: Duration, http: HTTPLimits) {
            self.limits = limits
            self.jobTime = jobTime
            self.http = http
        }

        /// Those of a configuration.
        ///
        /// Reads the configured images and blocks on the file system for that.
        ///
        /// - Parameters:
        ///   - policies: the widest limits that the policies have.
        ///   - formats: those that the policies cover.
        /// - Throws: ``ConfigurationError`` for a limit that is above them, and for an image or
        ///   certificates that cannot be used.
        init(
            _ configuration: ServiceConfiguration, within policies: JobLimits,
            formats: [ImageFormat]
        ) throws(ConfigurationError) {
            self.init(
                limits: try configuration.limits(within: policies), jobTime: configuration.timeout,
                http: HTTPLimits(configuration.http))
            allowed = configuration.ipAllow
            clients = configuration.clients
            penalty = configuration.penalty
            poison = configuration.poison
            slowing = configuration.slowing
            signing = configuration.signing
            sources = try RemoteRules(configuration)
            buckets = configuration.s3
            proxies = configuration.proxies.trust
            http.proxies = proxies
            isEncrypted = configuration.proxies.https
            crossOrigin = configuration.crossOrigin
            isDevelopment = configuration.dev
            requests = try RequestSettings(
                configuration, formats: formats, largest: limits.inputBytes)
        }
    }

    /// A set that does not change any more: taking it costs one reference, however much is in it.
    final class Held: Sendable {
        let values: Values

        fileprivate init(_ values: Values) { self.values = values }
    }

    private let state: Mutex<Held>

    init(_ values: Values) { state = Mutex(Held(values)) }

    /// The set of now, for who needs little of it.
    var held: Held { state.withLock { $0 } }

    /// A copy of all of it.
    var current: Values {
        get { held.values }
        set {
            state.withLock { held in
                var values = newValue
                values.revision = held.values.revision + 1
                held = Held(values)
            }
        }
    }
}

/// What requests are read by.
struct RequestSettings: Sendable {
    var rules = OptionRules()
    var results = ResultSettings()
    /// Frames of an animation that are used.
    var frames: UInt32 = 1
    /// Largest side of a result in pixels; 0 for any.
    var largestSide: UInt32 = 0
    var images = ConfiguredImages()
    /// What the opacity of a watermark is multiplied by.
    var watermarkOpacity = 1.0
    /// Of an answer that shows the fallback image; nil for that of the error.
    var fallbackStatus: HTTPResponse.Status? = .ok

    init() {}

    /// - Parameters:
    ///   - formats: those that images may have.
    ///   - largest: most bytes of a configured image.
    init(
        _ configuration: ServiceConfiguration, formats: [ImageFormat], largest: UInt64
    ) throws(ConfigurationError) {
        rules = configuration.options.rules
        results = configuration.results
        frames = UInt32(clamping: configuration.limits.frames)
        largestSide = UInt32(clamping: configuration.limits.resultSide ?? 0)
        images = try ConfiguredImages(configuration, formats: formats, largest: largest)
        watermarkOpacity = configuration.watermark.opacity
        let status = configuration.fallback.status
        fallbackStatus = status == 0 ? nil : HTTPResponse.Status(code: status)
    }
}

extension HTTPLimits {
    /// The limits that can be set; the others stay what they are.
    init(_ settings: HTTPSettings) {
        self.init()
        connections = settings.connections
        connectionsPerAddress = settings.connectionsPerAddress
        headerList = settings.headerBytes
        headerField = min(headerField, settings.headerBytes)
        header = TimeAmount(settings.headerTimeout)
        body = settings.bodyTimeout
        idle = TimeAmount(settings.idleTimeout)
        write = TimeAmount(settings.writeTimeout)
    }
}
