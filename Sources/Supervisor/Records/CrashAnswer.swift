import FoundationEssentials

/// What the service answers to `GET /cmd/crashes`.
struct CrashAnswer: Codable, Sendable {
    /// The oldest first.
    var crashes: [CrashEntry]
    /// Whether there were more than the limit.
    var isCut: Bool
    /// A sentence for each line of the log that could not be read.
    var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case crashes
        case isCut = "truncated"
        case warnings
    }
}

extension CrashEntry: Codable {
    private enum CodingKeys: String, CodingKey { case kind }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self =
            container.contains(.kind)
            ? .count(try CrashCount(from: decoder)) : .record(try CrashRecord(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .record(let record): try record.encode(to: encoder)
        case .count(let count): try count.encode(to: encoder)
        }
    }

    /// Reads a line of the log; nil for anything else.
    init?(json: some StringProtocol) {
        guard
            let entry = try? JSONDecoder().decode(CrashEntry.self, from: Data(json.utf8))
        else { return nil }
        self = entry
    }

    /// One line, as in the log.
    var line: String {
        // Only numbers, texts and lists of them: there is nothing that cannot be encoded.
        (try? OrderedJSON.value(of: self).text) ?? ""
    }
}
