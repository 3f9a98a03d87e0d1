/// Which inputs have killed children so often that no further one is given to them: a pure value.
///
/// It lives in memory only: a service that starts knows no poison, and finds out again.
struct PoisonMemory<Key: Hashable & Sendable, C: Clock>: Sendable where C.Duration == Duration {
    private struct Entry {
        /// Of children, oldest first; as many as there are before it is poison.
        var deaths: [C.Instant]
        /// Until when it is refused, once it is poison.
        var end: C.Instant?

        var last: C.Instant? { deaths.last }
    }

    /// What is asked of an input; a reload may change it.
    var limits: PoisonSettings
    private let clock: C
    private var entries: [Key: Entry] = [:]

    init(limits: PoisonSettings, clock: C) {
        self.limits = limits
        self.clock = clock
    }

    /// Whether an input is refused.
    func isPoison(_ key: Key) -> Bool {
        guard limits.count > 0, let end = entries[key]?.end else { return false }
        return clock.now < end
    }

    /// A child died of an input.
    ///
    /// - Returns: whether the input is refused from now on, and was not before.
    mutating func childDied(of key: Key) -> Bool {
        guard limits.count > 0 else { return false }
        let now = clock.now
        // Children that had it before it became poison may die of it still.
        if isPoison(key) { return false }
        var deaths = entries[key]?.deaths ?? []
        if entries[key]?.end != nil { deaths = [] }
        deaths.removeAll { $0.advanced(by: limits.window) <= now }
        deaths.append(now)
        let isPoison = deaths.count >= limits.count
        if entries[key] == nil, entries.count >= limits.size { makeRoom(now) }
        entries[key] = Entry(
            deaths: deaths, end: isPoison ? now.advanced(by: limits.duration) : nil)
        return isPoison
    }

    /// Lets some be tried again.
    mutating func forget(where isMeant: (Key) -> Bool) {
        entries = entries.filter { !isMeant($0.key) }
    }

    /// Lets all be tried again.
    mutating func forgetAll() { entries = [:] }

    /// Inputs that are remembered, whether or not they are refused.
    var count: Int { entries.count }

    /// Forgets what has no effect any more. Where that is not enough the tenth whose last death is
    /// longest ago goes, so that a flood of new inputs does not cost a search each.
    private mutating func makeRoom(_ now: C.Instant) {
        entries = entries.filter { _, entry in
            if let end = entry.end { return now < end }
            return entry.last.map { now < $0.advanced(by: limits.window) } ?? false
        }
        guard entries.count >= limits.size else { return }
        let oldest = entries.sorted { ($0.value.last ?? now) < ($1.value.last ?? now) }
        for (key, _) in oldest.prefix(entries.count - limits.size + limits.size / 10 + 1) {
            entries[key] = nil
        }
    }
}
