/// `poison`: when an input that kills children is given to none any more.
struct PoisonSettings: Equatable, Sendable {
    /// Children that died of one input; 0 for never.
    var count = 3
    /// The time within which they died.
    var window = Duration.seconds(600)
    /// How long the input is refused then.
    var duration = Duration.seconds(3_600)
    /// Inputs that are remembered.
    var size = 10_000
}

/// `slowing`: when a client whose requests keep killing children has to wait.
struct SlowingSettings: Equatable, Sendable {
    /// Children that died of requests of one client; 0 for never.
    var deaths = 10
    /// The time within which they died; also the time without a death after which all is forgiven.
    var window = Duration.seconds(60)
    /// The first wait; each one that follows is twice as long.
    var first = Duration.seconds(1)
    var longest = Duration.seconds(300)
}

/// `quarantine`: inputs of which children died, kept for their operator.
struct QuarantineSettings: Equatable, Sendable {
    /// Bytes on the disk, all inputs together; 0 for none.
    var size = 0
    /// How long each is kept.
    var keep = Duration.seconds(7 * 24 * 3_600)
}
