import ImageVocabulary
import NIOCore
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

        init(limits: JobLimits, jobTime: Duration, http: HTTPLimits) {
            self.limits = limits
            self.jobTime = jobTime
            self.http = http
        }

        /// Those of a configuration.
        ///
        /// - Parameter policies: the widest limits that the policies have.
        /// - Throws: ``ConfigurationError`` for a limit that is above them.
        init(
            _ configuration: ServiceConfiguration, within policies: JobLimits
        ) throws(ConfigurationError) {
            self.init(
                limits: try configuration.limits(within: policies), jobTime: configuration.timeout,
                http: HTTPLimits(configuration.http))
            poison = configuration.poison
            slowing = configuration.slowing
        }
    }

    private let values: Mutex<Values>

    init(_ values: Values) { self.values = Mutex(values) }

    var current: Values {
        get { values.withLock { $0 } }
        set { values.withLock { $0 = newValue } }
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
