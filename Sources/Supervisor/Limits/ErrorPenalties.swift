/// Parties that keep making errors wait, longer each time.
struct ErrorPenalties<C: Clock>: Sendable where C.Duration == Duration {
    private typealias Backoff = ClientBackoff<LimitParty, C>

    /// Parties of each kind whose errors are remembered.
    private static var most: Int { 4_096 }

    /// Apart from each other, so that no number of addresses makes a key's errors forgotten.
    private var keys: Backoff
    private var addresses: Backoff
    private var sites: Backoff

    private var settings: PenaltySettings

    init(_ settings: PenaltySettings, clock: C) {
        let backoff = Backoff(limits: SlowingSettings(settings), mostKeys: Self.most, clock: clock)
        (keys, addresses, sites) = (backoff, backoff, backoff)
        sites.limits.deaths *= LimitParty.siteFactor
        self.settings = settings
    }

    /// A reload may change them.
    mutating func change(to settings: PenaltySettings) {
        guard settings != self.settings else { return }
        self.settings = settings
        let limits = SlowingSettings(settings)
        (keys.limits, addresses.limits, sites.limits) = (limits, limits, limits)
        sites.limits.deaths *= LimitParty.siteFactor
    }

    /// How much longer a request of these parties has to wait; nil for one that is served.
    func wait(for parties: [LimitParty]) -> Duration? {
        parties.compactMap { party in
            switch party {
            case .key: keys.wait(for: party)
            case .address, .signer: addresses.wait(for: party)
            case .site: sites.wait(for: party)
            }
        }.max()
    }

    /// A request came to nothing by its sender's doing.
    ///
    /// - Returns: how long the sender has to wait, when a wait begins with this.
    mutating func failed(_ parties: [LimitParty]) -> Duration? {
        var waits: [Duration] = []
        for party in parties {
            let wait =
                switch party {
                case .key: keys.childDied(of: party)
                case .address, .signer: addresses.childDied(of: party)
                case .site: sites.childDied(of: party)
                }
            if let wait { waits.append(wait) }
        }
        return waits.max()
    }
}

extension SlowingSettings {
    fileprivate init(_ settings: PenaltySettings) {
        self.init(
            deaths: settings.errors, window: settings.window, first: settings.first,
            longest: settings.longest)
    }
}

extension Problem {
    /// Whether who holds a key is to blame for it, and not who uploads images with it: what is wrong
    /// whatever the image is.
    var isOfTheHolder: Bool {
        switch self {
        case .missingScope, .forbiddenOption, .invalidOption, .methodNotAllowed, .notFound,
            .invalidURL, .unsupportedResult:
            true
        default: false
        }
    }

    /// Whether it is the sender's doing, and so counts against him. What the service, a source or an
    /// image's processing is to blame for never does.
    var isOfTheSender: Bool {
        switch self {
        case .malformedRequest, .emptyBody, .invalidOption, .forbiddenOption, .notFound,
            .missingScope, .addressNotPermitted, .keyExpired, .wrongSignature,
            .signatureExpired, .optionForSignature, .invalidURL, .methodNotAllowed, .overLimit,
            .unsupportedType, .unsupportedResult, .typeContradiction, .brokenImage,
            .unusableSize, .notADrawing, .headersTooLarge, .targetTooLong, .unauthorized,
            .mistypedKey:
            true
        case .source, .expired, .bodyTimeout, .clientGone, .couldNotProcess, .deadline,
            .unavailable, .headerTimeout, .tooManyAttempts, .tooManyFailures, .rateLimited,
            .tooManyAtOnce, .dailyLimit, .tooManyErrors, .foreignPage, .reloadRefused,
            .unknownMethod:
            false
        }
    }
}
