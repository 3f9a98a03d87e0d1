import FoundationEssentials

/// How many crashes there were, by what they have in common and over time.
struct CrashStats: Codable, Equatable, Sendable {
    struct Group: Codable, Equatable, Sendable {
        /// The class, the policy, or the signature.
        var name: String
        var count: Int
        /// RFC 3339.
        var first: String
        var last: String
        /// For each piece of the time, the oldest first.
        var overTime: [Int]
        /// Of a signature: its class, its policy, and the id of its newest record.
        var `class`: String?
        var policy: String?
        var newest: String?

        enum CodingKeys: String, CodingKey {
            case name, count, first, last
            case overTime = "over_time"
            case `class`, policy, newest
        }

        fileprivate mutating func add(_ head: CrashHead, _ place: Int) {
            count = count.addingClamped(head.count)
            first = min(first, head.time)
            last = max(last, head.time)
            overTime[place] = overTime[place].addingClamped(head.count)
        }
    }

    /// All that match, counted ones among them.
    var count: Int
    /// Of these there are records.
    var records: Int
    /// RFC 3339: the time that the pieces cover; nil where there is no crash.
    var since: String?
    var until: String?
    /// Seconds of one piece.
    var piece: Double
    var overTime: [Int]
    /// The most frequent first.
    var classes: [Group]
    var policies: [Group]
    var signatures: [Group]
    /// Signatures that are not in the list.
    var moreSignatures: Int
    var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case count, records, since, until
        case piece = "piece_seconds"
        case overTime = "over_time"
        case classes, policies, signatures
        case moreSignatures = "more_signatures"
        case warnings
    }

    /// Pieces of the time: what fits into a column.
    static let pieces = 24

    /// Signatures of an answer, and policies: the most frequent ones.
    static let mostListed = 500

    /// What is counted so far, of lines that come one by one with the oldest first.
    struct Tally {
        /// Signatures that are told apart, and policies; those that come later are only counted.
        /// Anybody who can crash a child can make them up.
        private static let mostGroups = 10_000

        private let begin: String?
        private let end: String
        private var scale: Scale?
        private var count = 0
        private var records = 0
        private var overTime = [Int](repeating: 0, count: CrashStats.pieces)
        private var classes: [String: Group] = [:]
        private var policies: [String: Group] = [:]
        private var signatures: [String: Group] = [:]

        /// - Parameter now: the end of the time, where the filter names none.
        init(_ filter: CrashFilter, now: Date) {
            begin = filter.since
            end = filter.until ?? Timestamp.text(now)
        }

        mutating func add(_ head: CrashHead) {
            let scale = scale ?? Scale(begin ?? head.time, end)
            self.scale = scale
            let place = scale.place(head.time)
            count = count.addingClamped(head.count)
            records += head.id == nil ? 0 : 1
            overTime[place] = overTime[place].addingClamped(head.count)
            Self.add(head, place, head.class.rawValue, to: &classes)
            Self.add(head, place, head.policy, to: &policies)
            guard Self.add(head, place, head.signature, to: &signatures) else { return }
            signatures[head.signature]?.class = head.class.rawValue
            signatures[head.signature]?.policy = head.policy
            if let id = head.id { signatures[head.signature]?.newest = id }
        }

        /// - Returns: whether it has a group.
        @discardableResult
        private static func add(
            _ head: CrashHead, _ place: Int, _ name: String, to groups: inout [String: Group]
        ) -> Bool {
            let isNew = groups[name] == nil
            guard !isNew || groups.count < mostGroups else { return false }
            groups[
                name,
                default: Group(
                    name: name, count: 0, first: head.time, last: head.time,
                    overTime: [Int](repeating: 0, count: pieces))
            ].add(head, place)
            return true
        }

        func stats(warnings: [String]) -> CrashStats {
            let signatures = Self.sorted(signatures)
            return CrashStats(
                count: count, records: records, since: scale?.begin, until: scale?.end,
                piece: scale?.piece ?? 1, overTime: overTime, classes: Self.sorted(classes),
                policies: Array(Self.sorted(policies).prefix(mostListed)),
                signatures: Array(signatures.prefix(mostListed)),
                moreSignatures: max(0, signatures.count - mostListed), warnings: warnings)
        }

        private static func sorted(_ groups: [String: Group]) -> [Group] {
            groups.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        }
    }

    /// Where in the time something was.
    private struct Scale {
        let begin: String
        let end: String
        private let first: Double
        let piece: Double

        init(_ begin: String, _ end: String) {
            self.begin = begin
            self.end = end
            let last = Timestamp.date(end)?.timeIntervalSince1970 ?? 0
            first = Timestamp.date(begin)?.timeIntervalSince1970 ?? last
            // At least a second each, so that one moment is no curve.
            piece = max(1, (last - first) / Double(pieces))
        }

        func place(_ time: String) -> Int {
            let at = Timestamp.date(time)?.timeIntervalSince1970 ?? first
            return Int(min(Double(pieces - 1), max(0, (at - first) / piece)))
        }
    }
}

/// Numbers as a line of bars.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")
    /// Where the output is no terminal that may show more than ASCII.
    private static let plain = Array("_.-=+*#@")

    /// One character for each number, a space for 0. The highest is the largest number.
    static func text(_ numbers: [Int], isPlain: Bool = false) -> String {
        let most = max(1, numbers.max() ?? 1)
        let characters = isPlain ? plain : bars
        return String(
            numbers.map { number -> Character in
                guard number > 0 else { return " " }
                let height = Double(number) / Double(most) * Double(characters.count)
                return characters[min(characters.count - 1, max(0, Int(height.rounded(.up)) - 1))]
            })
    }
}
