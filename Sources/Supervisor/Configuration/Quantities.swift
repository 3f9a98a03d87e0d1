extension Int {
    /// Reads plain decimal digits; nil for a sign, a space, nothing, or what does not fit.
    init?(digits: Substring) {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(digits)
    }
}

/// Numbers of bytes as people write them: `65536`, `64KiB`, `50MB`.
enum Size {
    private static let units = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000), ("B", 1),
    ]

    static func parse(_ text: String) throws(ValueError) -> Int {
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = text.dropLast(unit?.0.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .malformed("is no number of bytes")
        }
        guard let number = Int(digits: digits) else { throw .outOfRange }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
        guard !overflow else { throw .outOfRange }
        return bytes
    }

    /// The shortest way to write it.
    static func text(_ bytes: Int) -> String {
        let ways = units.filter {
            bytes > 0 && bytes.isMultiple(of: $0.1) && $0.1 != 1_000
        }
        guard let unit = ways.min(by: { bytes / $0.1 < bytes / $1.1 }), unit.1 > 1 else {
            return String(bytes)
        }
        return "\(bytes / unit.1)\(unit.0)"
    }
}

/// Times as people write them: `10`, `2.5`, `500ms`, `5m`, `30d`. They are whole milliseconds.
enum Time {
    /// In milliseconds; `ms` before `s`, which it ends in.
    private static let units: [(String, Double)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    /// Longest time that is read, in milliseconds: beyond every setting's range.
    private static let longest = 1e12

    static func parse(_ text: String) throws(ValueError) -> Duration {
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = text.dropLast(unit?.0.count ?? 0)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2,
            parts.allSatisfy({ part in
                !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }),
            let number = Double(digits)
        else { throw .malformed("is no time") }
        let milliseconds = number * (unit?.1 ?? 1_000)
        guard milliseconds <= longest else { throw .outOfRange }
        return .milliseconds(Int64(milliseconds.rounded()))
    }

    static func milliseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// The shortest way to write it: `10s`, `500ms`, `1h`.
    static func text(_ time: Duration) -> String {
        let whole = milliseconds(time)
        for (name, size) in [
            ("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
        ]
        where whole > 0 && whole % size == 0 {
            return "\(whole / size)\(name)"
        }
        return whole == 0 ? "0s" : "\(whole)ms"
    }
}
