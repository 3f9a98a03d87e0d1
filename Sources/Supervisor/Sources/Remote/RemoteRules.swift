import NIOCore

/// What holds for requests to web servers: from the configuration.
struct RemoteRules: Equatable, Sendable {
    var allowed = AllowedSources()
    var addresses = AddressRules()
    /// Ports beside 80 and 443.
    var ports: Set<UInt16> = []
    var redirects = 3
    /// Until a connection is there, its certificate checked.
    var connectTimeout = Duration.seconds(3)
    /// Until the head of an answer, and between two pieces of it.
    var answerTimeout = Duration.seconds(3)
    /// For the whole way, from the first look-up to the last byte.
    var timeout = Duration.seconds(5)
    var roots = TrustedRoots()
    /// What is sent as User-Agent.
    var userAgent = "Glovebox"
    var rest = HostRestLimits()

    init() {}

    /// Those of a configuration. Reads certificates and blocks on the file system for that.
    ///
    /// - Throws: ``ConfigurationError`` for certificates that cannot be used.
    init(_ configuration: ServiceConfiguration) throws(ConfigurationError) {
        let settings = configuration.sources
        allowed = settings.allowed
        addresses = AddressRules(permitted: settings.addresses)
        ports = Set(settings.ports)
        redirects = settings.redirects
        connectTimeout = settings.connectTimeout
        answerTimeout = settings.answerTimeout
        timeout = settings.timeout
        roots = try TrustedRoots(configuration)
        userAgent = settings.userAgent
        rest.failures = settings.breakerFailures
        rest.rest = settings.breakerTime
        rest.memory = settings.failureCache
    }
}

/// An image as its server has it, or that the client's own is still right.
enum RemoteAnswer: Sendable {
    case image(ByteBuffer, sha256: String, MemoryBudget.Share, SourceValidators)
    case unchanged(SourceValidators)
}
