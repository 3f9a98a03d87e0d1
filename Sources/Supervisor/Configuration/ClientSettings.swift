/// `clients`: how much one client may ask for that has no key; nil for any amount.
struct ClientSettings: Equatable, Sendable {
    /// Requests of one address that are not signed either.
    var rate: Rate? = Rate(30, per: .minute)
    /// Signed requests of one address. Whoever signed them has decided what may be asked for, and a
    /// content network asks for all its clients from one address.
    var signedRate: Rate?
    /// Requests of one address at the same time, signed ones and others apart.
    var concurrent: Int?

    var limits: KeyLimits { KeyLimits(rate: rate, concurrent: concurrent) }

    var signedLimits: KeyLimits { KeyLimits(rate: signedRate, concurrent: concurrent) }
}

/// `penalty`: when a client has to wait whose requests keep being wrong.
struct PenaltySettings: Equatable, Sendable {
    /// Errors of one client; 0 for any number.
    var errors = 30
    /// The time within which they are made; also the time without one after which all is forgiven.
    var window = Duration.seconds(60)
    /// The first wait; each one that follows is twice as long.
    var first = Duration.seconds(1)
    var longest = Duration.seconds(300)
}
