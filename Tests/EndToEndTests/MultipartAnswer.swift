import TestSupport

/// The parts of a `multipart/mixed` body, read as RFC 2046 section 5.1 has it: by the boundary alone,
/// with the parts' own lengths left for the test to compare.
struct MultipartAnswer {
    struct Part {
        /// By name in lower case.
        let fields: [String: String]
        let body: [UInt8]
    }

    let parts: [Part]

    /// nil where the body is no such thing.
    init?(_ answer: HTTPCaller.Answer) {
        let type = (answer.header("Content-Type") ?? "").split(separator: "; boundary=")
        guard type.count == 2, type[0] == "multipart/mixed" else { return nil }
        let delimiter = Array("\r\n--\(type[1])".utf8)
        var pieces = Self.split(Array("\r\n".utf8) + answer.body, at: delimiter)
        guard pieces.count >= 2, pieces.removeFirst().isEmpty,
            pieces.removeLast() == Array("--\r\n".utf8)
        else { return nil }
        var parts: [Part] = []
        for piece in pieces {
            let halves = Self.split(piece, at: Array("\r\n\r\n".utf8), most: 1)
            guard halves.count == 2 else { return nil }
            var fields: [String: String] = [:]
            for line in String(decoding: halves[0], as: UTF8.self).split(separator: "\r\n") {
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                fields[line[..<colon].lowercased()] = String(value)
            }
            parts.append(Part(fields: fields, body: halves[1]))
        }
        self.parts = parts
    }

    private static func split(
        _ bytes: [UInt8], at mark: [UInt8], most: Int = .max
    ) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while pieces.count < most, let range = rest.firstRange(of: mark) {
            pieces.append(Array(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return pieces + [Array(rest)]
    }
}
