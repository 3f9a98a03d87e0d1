/// How long a job waited for its child, and worked from then on.
struct JobClock {
    private let start = ContinuousClock.now
    private var first: ContinuousClock.Instant?

    mutating func hasChild() { first = first ?? .now }

    var waited: Duration { (first ?? .now) - start }
    var worked: Duration { first.map { .now - $0 } ?? .zero }
}
