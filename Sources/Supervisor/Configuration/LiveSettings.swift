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
        var poison = PoisonSettings()
        var slowing = SlowingSettings()
        var requests = RequestSettings()
        var signing = SigningSettings()
        var sources = RemoteRules()
        var buckets = BucketSettings()
        /// Whose word about clients counts.
        var proxies = ClientAddress()
        /// Whether nobody is asked for a key.
        var isDevelopment = true

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
            poison = configuration.poison
            slowing = configuration.slowing
            signing = configuration.signing
            sources = try RemoteRules(configuration)
            buckets = configuration.s3
            isDevelopment = configuration.dev
            requests = try RequestSettings(
                configuration, formats: formats, largest: limits.inputBytes)
        }
    }

    private let values: Mutex<Values>

    init(_ values: Values) { self.values = Mutex(values) }

    var current: Values {
        get { values.withLock { $0 } }
        set { values.withLock { $0 = newValue } }
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
