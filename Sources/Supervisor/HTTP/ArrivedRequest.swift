import Synchronization

/// One request as the connection's guard saw it arrive. The one that answers takes it over.
final class ArrivedRequest: Sendable {
    /// The method as it came; `-` when none could be read.
    let method: String
    /// The target as it came, or in origin form; `-` when none could be read.
    let target: String
    /// Why it is refused whatever it asks for; nil for a request that is in order.
    let refusal: Problem?
    /// When its head was complete, or refused.
    let start = ContinuousClock.now
    private let bytes = Atomic(0)

    init(method: String = "-", target: String = "-", refusal: Problem? = nil) {
        self.method = method
        self.target = target
        self.refusal = refusal
    }

    /// Bytes of its body so far.
    var bodyBytes: Int { bytes.load(ordering: .relaxed) }

    func count(_ part: Int) {
        bytes.add(part, ordering: .relaxed)
    }
}
