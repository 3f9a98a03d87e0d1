import FoundationEssentials

/// Counters as a file has them.
struct LimitSnapshot: Equatable, Sendable {
    /// When it was taken.
    var time: WallTime
    var records: [LimitRecord]

    /// Largest file that is read, in bytes: more than all counters there can be need.
    static let largest = 32 << 20
    private static let version = 1
    /// The longest time of a rate, in milliseconds.
    private static let longest: Int64 = 86_400_000

    init(time: WallTime, records: [LimitRecord]) {
        self.time = time
        self.records = records
    }

    var json: JSONValue {
        .object([
            ("version", .integer(Int64(Self.version))),
            ("time_ms", .integer(time.milliseconds)),
            (
                "parties",
                .array(
                    records.map { record in
                        .object([
                            ("party", .string(record.party.text)),
                            ("full_ms", .integer(record.fullAgain)),
                            ("bytes", .integer(Int64(record.bytes))),
                        ])
                    })
            ),
        ])
    }

    private struct Stored: Decodable {
        struct Party: Decodable {
            var party: String
            var full: Int64
            var bytes: Int

            enum CodingKeys: String, CodingKey {
                case party, bytes
                case full = "full_ms"
            }
        }

        var version: Int
        var time: Int64
        var parties: [Party]

        enum CodingKeys: String, CodingKey {
            case version, parties
            case time = "time_ms"
        }
    }

    /// Reads what ``json`` writes; nil for anything else. What lies further ahead than any rate can
    /// reach lies there because the clock was set back, and becomes as far as one can.
    init?(_ bytes: [UInt8]) {
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)),
            stored.version == Self.version, (0...(Int64.max / 2)).contains(stored.time)
        else { return nil }
        time = WallTime(milliseconds: stored.time)
        records = []
        for party in stored.parties {
            guard let known = LimitParty(party.party), party.full >= stored.time, party.bytes >= 0
            else { return nil }
            records.append(
                LimitRecord(
                    party: known, fullAgain: min(party.full, stored.time + Self.longest),
                    bytes: party.bytes))
        }
    }
}
