import FoundationEssentials

/// Which crashes are written in full and which are only counted: the first ones of each signature
/// within a minute are, so that a flood of equal ones fills no disk.
struct CrashFlood: Sendable {
    /// What equal crashes share.
    struct Key: Hashable, Sendable {
        var signature: String
        var `class`: CrashClass
        var policy: String
    }

    private struct Tally {
        var seen = 0
        var counted = 0
        var since = ""
        var until = ""
    }

    /// Signatures of one minute that are told apart. They come of what children say too, so somebody
    /// may make them up; those beyond are only counted, under ``others``.
    static let mostKeys = 256
    /// Stands for the signatures beyond.
    static let others = String(repeating: "0", count: 16)

    /// How many of a signature are written within a minute.
    let full: Int
    private var minute: Int?
    private var tallies: [Key: Tally] = [:]

    init(full: Int) { self.full = full }

    /// Whether one that happens now is to be written; it is counted where it is not.
    mutating func admits(_ key: Key, at time: Date) -> Bool {
        minute = minute ?? Self.minute(of: time)
        if hasRoom(for: key) {
            tallies[key, default: Tally()].seen += 1
            if tallies[key, default: Tally()].seen <= full { return true }
        }
        let text = Timestamp.text(time)
        count(key, 1, text, text, at: time)
        return false
    }

    private func hasRoom(for key: Key) -> Bool {
        tallies[key] != nil || tallies.count < Self.mostKeys
    }

    /// Counts some that are not written after all.
    mutating func count(
        _ key: Key, _ count: Int, _ since: String, _ until: String, at time: Date
    ) {
        minute = minute ?? Self.minute(of: time)
        var key = key
        if !hasRoom(for: key) { key.signature = Self.others }
        var tally = tallies[key] ?? Tally()
        tally.since = tally.counted == 0 ? since : min(tally.since, since)
        tally.until = max(tally.until, until)
        tally.counted += count
        tallies[key] = tally
    }

    /// What was counted in minutes that are over, which is forgotten then.
    ///
    /// - Parameter isEnd: whether the minute that runs is over too.
    mutating func drain(at time: Date, isEnd: Bool = false) -> [CrashCount] {
        guard let minute, isEnd || Self.minute(of: time) != minute else { return [] }
        defer {
            self.minute = nil
            tallies = [:]
        }
        return tallies.filter { $1.counted > 0 }.map { key, tally in
            CrashCount(
                time: Timestamp.text(time), class: key.class, signature: key.signature,
                policy: key.policy, count: tally.counted, since: tally.since, until: tally.until)
        }.sorted { $0.since < $1.since }
    }

    private static func minute(of time: Date) -> Int {
        Int((time.timeIntervalSince1970 / 60).rounded(.down))
    }
}
