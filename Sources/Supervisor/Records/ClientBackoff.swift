/// How long each client whose requests keep killing children has to wait: a pure value.
///
/// So many deaths within a window, and the client waits; each further death after that wait makes
/// the next one twice as long, up to a longest. A window without a death after the wait forgives all.
struct ClientBackoff<Key: Hashable & Sendable, C: Clock>: Sendable where C.Duration == Duration {
    private struct Entry {
        /// Within the window, while there has been no wait.
        var deaths: [C.Instant] = []
        /// Waits in a row.
        var waits = 0
        /// When the last wait ends or ended.
        var end: C.Instant?
        var last: C.Instant
    }

    /// A reload may change them.
    var limits: SlowingSettings
    private let clock: C
    private let mostKeys: Int
    private var entries: [Key: Entry] = [:]

    /// - Parameter mostKeys: clients that are remembered.
    init(limits: SlowingSettings, mostKeys: Int, clock: C) {
        self.limits = limits
        self.mostKeys = mostKeys
        self.clock = clock
    }

    /// How much longer a client has to wait; nil for one that is served.
    func wait(for key: Key) -> Duration? {
        guard limits.deaths > 0, let end = entries[key]?.end else { return nil }
        let wait = clock.now.duration(to: end)
        return wait > .zero ? wait : nil
    }

    /// A child died of a request of a client.
    ///
    /// - Returns: how long the client has to wait, when a wait begins with this.
    mutating func childDied(of key: Key) -> Duration? {
        // What was let in before the wait began does not make it longer.
        guard limits.deaths > 0, wait(for: key) == nil else { return nil }
        let now = clock.now
        if entries[key] == nil, entries.count >= mostKeys { makeRoom(now) }
        var entry = entries[key] ?? Entry(last: now)
        if isForgiven(entry, now) { entry = Entry(last: now) }
        entry.last = now
        if entry.waits == 0 {
            entry.deaths.removeAll { $0.advanced(by: limits.window) <= now }
            entry.deaths.append(now)
        }
        guard entry.waits > 0 || entry.deaths.count >= limits.deaths else {
            entries[key] = entry
            return nil
        }
        // Beyond 32 doublings every wait is the longest, and no number overflows.
        let wait = min(limits.longest, limits.first * (1 << min(entry.waits, 32)))
        entry.waits += 1
        entry.deaths = []
        entry.end = now.advanced(by: wait)
        entries[key] = entry
        return wait
    }

    /// Clients that are remembered, whether or not they wait.
    var count: Int { entries.count }

    private func isForgiven(_ entry: Entry, _ now: C.Instant) -> Bool {
        (entry.end ?? entry.last).advanced(by: limits.window) <= now
    }

    /// What is forgiven goes, else the tenth that was heard of longest ago: of those that do not wait
    /// first, so that nobody ends a wait by making others die.
    private mutating func makeRoom(_ now: C.Instant) {
        entries = entries.filter { !isForgiven($0.value, now) }
        guard entries.count >= mostKeys else { return }
        func rank(_ entry: Entry) -> (Int, C.Instant) {
            (entry.end.map { $0 > now } == true ? 1 : 0, entry.last)
        }
        let order = entries.sorted { rank($0.value) < rank($1.value) }
        for (key, _) in order.prefix(entries.count - mostKeys + mostKeys / 10 + 1) {
            entries[key] = nil
        }
    }
}
