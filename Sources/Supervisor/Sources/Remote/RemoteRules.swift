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
    /// A file of certificates that are trusted beside the system's.
    var certificates: String?
    /// What is sent as User-Agent.
    var userAgent = "Glovebox"
    var rest = HostRestLimits()

    init() {}

    init(_ settings: SourceSettings) {
        allowed = settings.allowed
        addresses = AddressRules(permitted: settings.addresses)
        ports = Set(settings.ports)
        redirects = settings.redirects
        connectTimeout = settings.connectTimeout
        answerTimeout = settings.answerTimeout
        timeout = settings.timeout
        certificates = settings.certificates
        userAgent = settings.userAgent
        rest.failures = settings.failures
        rest.rest = settings.rest
        rest.memory = settings.memory
    }
}

/// An image as its server has it, or that the client's own is still right.
enum RemoteAnswer: Sendable {
    case image(ByteBuffer, sha256: String, MemoryBudget.Share, SourceValidators)
    case unchanged(SourceValidators)
}
