import FoundationEssentials

/// What the service answers to `GET /cmd/crashes`, beside the list `crashes` of the lines as they are,
/// the oldest first.
struct CrashAnswer: Codable, Sendable {
    /// Whether there may be more.
    var isCut: Bool
    /// What to write as `before` to see what is older, and as `after` for what is newer.
    var older: String?
    var newer: String?
    /// A sentence for each line of the log that could not be read.
    var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case isCut = "truncated"
        case older, newer, warnings
    }

    /// The answer as it is sent: no line is read and written anew for it.
    static func bytes(_ reading: CrashReading<[UInt8]>) -> [UInt8] {
        let rest = CrashAnswer(
            isCut: reading.isCut, older: reading.older?.description,
            newer: reading.newer?.description, warnings: reading.warnings)
        // Only truths and texts: there is nothing that cannot be encoded.
        let members = (try? OrderedJSON.value(of: rest).text.dropFirst()) ?? "}"
        return Array("{\"crashes\":[".utf8) + reading.found.joined(separator: [0x2c])
            + Array("],\(members)\n".utf8)
    }

    /// Reads an answer; nil for anything else.
    static func reading(_ bytes: [UInt8]) -> CrashReading<[UInt8]>? {
        guard let rest = try? JSONDecoder().decode(CrashAnswer.self, from: Data(bytes)) else {
            return nil
        }
        var reading = CrashReading<[UInt8]>(
            isCut: rest.isCut, older: rest.older.flatMap { CrashCursor($0) },
            newer: rest.newer.flatMap { CrashCursor($0) }, warnings: rest.warnings)
        let crashes: JSONScanner.Known = "crashes"
        var scanner = JSONScanner(bytes, bytes.indices)
        let isRead = scanner.members { name, scanner in
            guard case crashes = name else { return scanner.skip() }
            return scanner.elements { range in
                let line = CrashLine.head(bytes, range).flatMap {
                    CrashLine.text(bytes, range, isCount: $0.id == nil)
                }
                if let line { reading.found.append(line) }
                return line != nil
            }
        }
        return isRead ? reading : nil
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
    init?(json: some StringProtocol) { self.init(line: Array(json.utf8)) }

    /// The same of its bytes.
    init?(line: [UInt8]) {
        guard let entry = try? JSONDecoder().decode(CrashEntry.self, from: Data(line)) else {
            return nil
        }
        self = entry
    }

    /// One line, as in the log.
    var line: String {
        // Only numbers, texts and lists of them: there is nothing that cannot be encoded.
        (try? OrderedJSON.value(of: self).text) ?? ""
    }
}
