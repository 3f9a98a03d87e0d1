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
    var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case count, records, since, until
        case piece = "piece_seconds"
        case overTime = "over_time"
        case classes, policies, signatures, warnings
    }

    /// Pieces of the time: what fits into a column.
    static let pieces = 24

    /// - Parameter now: the end of the time, where the filter names none.
    init(_ reading: CrashReading<CrashHead>, _ filter: CrashFilter, now: Date = Date()) {
        let heads = reading.found
        let end = filter.until ?? Timestamp.text(now)
        let begin = filter.since ?? heads.first?.time
        let scale = Scale(begin, end)
        since = heads.isEmpty ? nil : begin
        until = heads.isEmpty ? nil : end
        piece = scale.piece
        warnings = reading.warnings
        var count = 0
        var records = 0
        var overTime = [Int](repeating: 0, count: Self.pieces)
        var classes: [String: Group] = [:]
        var policies: [String: Group] = [:]
        var signatures: [String: Group] = [:]
        for head in heads {
            count += head.count
            records += head.id == nil ? 0 : 1
            let place = scale.place(head.time)
            overTime[place] += head.count
            Self.add(head, place, head.class.rawValue, to: &classes)
            Self.add(head, place, head.policy, to: &policies)
            Self.add(head, place, head.signature, to: &signatures)
            signatures[head.signature]?.class = head.class.rawValue
            signatures[head.signature]?.policy = head.policy
            if let id = head.id { signatures[head.signature]?.newest = id }
        }
        self.count = count
        self.records = records
        self.overTime = overTime
        self.classes = Self.sorted(classes)
        self.policies = Self.sorted(policies)
        self.signatures = Self.sorted(signatures)
    }

    private static func add(
        _ head: CrashHead, _ place: Int, _ name: String, to groups: inout [String: Group]
    ) {
        var group =
            groups[name]
            ?? Group(
                name: name, count: 0, first: head.time, last: head.time,
                overTime: [Int](repeating: 0, count: pieces))
        group.count += head.count
        group.first = min(group.first, head.time)
        group.last = max(group.last, head.time)
        group.overTime[place] += head.count
        groups[name] = group
    }

    private static func sorted(_ groups: [String: Group]) -> [Group] {
        groups.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// Where in the time something was.
    private struct Scale {
        private let begin: Double
        let piece: Double

        init(_ begin: String?, _ end: String) {
            let last = Timestamp.date(end)?.timeIntervalSince1970 ?? 0
            let first = begin.flatMap { Timestamp.date($0)?.timeIntervalSince1970 } ?? last
            self.begin = first
            // At least a second each, so that one moment is no curve.
            piece = max(1, (last - first) / Double(pieces))
        }

        func place(_ time: String) -> Int {
            let at = Timestamp.date(time)?.timeIntervalSince1970 ?? begin
            return Int(min(Double(pieces - 1), max(0, (at - begin) / piece)))
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
