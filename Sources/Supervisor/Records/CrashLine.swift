import FoundationEssentials
import ImageVocabulary

/// A line of the crash log, read as far as a search needs it. Records are kilobytes, and of a hundred
/// thousand of them a search wants a few.
enum CrashLine {
    /// The head of a line without its line feed; nil for a line that is none of the log's, or is cut
    /// off.
    static func head(_ text: [UInt8], _ line: Range<Int>) -> CrashHead? {
        guard line.count > 1, text[line.lowerBound] == UInt8(ascii: "{"),
            text[line.upperBound - 1] == UInt8(ascii: "}")
        else { return nil }
        var reader = JSONScanner(text, line)
        var fields = Fields()
        let isObject = reader.members { name, reader in
            switch name {
            case Names.version: fields.version = reader.integer()
            case Names.kind: fields.kind = reader.string()
            case Names.id: fields.id = reader.string()
            case Names.time: fields.time = reader.string()
            case Names.class: fields.class = reader.string()
            case Names.signature: fields.signature = reader.string()
            case Names.count: fields.count = reader.integer()
            case Names.policy:
                if let name = reader.string() {
                    fields.policy = name
                } else {
                    return reader.members { name, reader in
                        guard case Names.name = name else { return reader.skip() }
                        fields.policy = reader.string()
                        return true
                    }
                }
            case Names.request:
                return reader.members { name, reader in
                    switch name {
                    case Names.id: fields.requestID = reader.string()
                    case Names.trace: fields.traceID = reader.string()
                    case Names.key: fields.key = reader.string()
                    case Names.source:
                        fields.source = reader.string()
                        if fields.source == nil {
                            // It has escapes, as a path may.
                            fields.hasEscapes = true
                            return reader.skip()
                        }
                    default: return reader.skip()
                    }
                    return true
                }
            case Names.input:
                return reader.members { name, reader in
                    switch name {
                    case Names.sha256: fields.inputSHA256 = reader.string()
                    case Names.sniffed: fields.format = reader.string()
                    default: return reader.skip()
                    }
                    return true
                }
            // Nothing that a search needs follows.
            case Names.times: return false
            default: return reader.skip()
            }
            return true
        }
        guard isObject, var head = fields.head else { return nil }
        if fields.hasEscapes, case .record(let record)? = entry(text, line, isCount: false) {
            head.source = record.request?.source
        }
        return head
    }

    /// The whole of a line; nil as above.
    static func entry(_ text: [UInt8], _ line: Range<Int>, isCount: Bool) -> CrashEntry? {
        let data = Data(text[line])
        let decoder = JSONDecoder()
        if isCount { return (try? decoder.decode(CrashCount.self, from: data)).map { .count($0) } }
        return (try? decoder.decode(CrashRecord.self, from: data)).map { .record($0) }
    }

    /// The line as it can be shown and put into a list: as it is where it is plain JSON, else written
    /// anew; nil as above.
    static func text(_ text: [UInt8], _ line: Range<Int>, isCount: Bool) -> [UInt8]? {
        if JSONScanner.isPlain(text, line) { return Array(text[line]) }
        return entry(text, line, isCount: isCount).map { Array($0.line.utf8) }
    }

    private enum Names {
        static let version: JSONScanner.Known = "version"
        static let kind: JSONScanner.Known = "kind"
        static let id: JSONScanner.Known = "id"
        static let time: JSONScanner.Known = "time"
        static let `class`: JSONScanner.Known = "class"
        static let signature: JSONScanner.Known = "signature"
        static let count: JSONScanner.Known = "count"
        static let policy: JSONScanner.Known = "policy"
        static let name: JSONScanner.Known = "name"
        static let request: JSONScanner.Known = "request"
        static let trace: JSONScanner.Known = "trace_id"
        static let key: JSONScanner.Known = "key"
        static let source: JSONScanner.Known = "source"
        static let input: JSONScanner.Known = "input"
        static let sha256: JSONScanner.Known = "sha256"
        static let sniffed: JSONScanner.Known = "sniffed"
        static let times: JSONScanner.Known = "times"
    }

    private struct Fields {
        var version: Int?
        var kind: String?
        var id: String?
        var time: String?
        var `class`: String?
        var signature: String?
        var policy: String?
        var count: Int?
        var requestID: String?
        var traceID: String?
        var key: String?
        var source: String?
        var hasEscapes = false
        var inputSHA256: String?
        var format: String?

        /// Bytes of a signature or a policy's name: more than a file's name has.
        private static let longestName = 512

        var head: CrashHead? {
            guard version == CrashRecord.currentVersion, let time, let signature, let policy,
                let `class` = `class`.flatMap(CrashClass.init(rawValue:)),
                max(signature.utf8.count, policy.utf8.count) <= Self.longestName,
                kind == nil ? id != nil : kind == CrashCount.Kind.count.rawValue,
                let count = kind == nil ? 1 : count, (1...CrashCount.most).contains(count)
            else { return nil }
            return CrashHead(
                id: kind == nil ? id : nil, time: time, class: `class`, signature: signature,
                policy: policy, count: count, requestID: requestID, traceID: traceID,
                key: key, source: source, inputSHA256: inputSHA256, format: format)
        }
    }
}
