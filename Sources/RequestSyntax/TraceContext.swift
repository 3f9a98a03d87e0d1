/// The place of one request in a distributed trace (W3C Trace Context, level 1).
public struct TraceContext: Equatable, Sendable {
    /// 32 lower-case hexadecimal digits, not all of them zero: the same for all services on the way.
    public let traceID: String
    /// 16 of them: this service's own part of the way, new for each request.
    public let spanID: String

    /// Continues the trace that an incoming `traceparent` names, or begins one when it is absent or
    /// not valid (section 2.2: what is invalid is treated as absent).
    public init(traceparent: String?) {
        var generator = SystemRandomNumberGenerator()
        self.init(traceparent: traceparent, using: &generator)
    }

    /// As ``init(traceparent:)``, from another source of randomness.
    public init(traceparent: String?, using generator: inout some RandomNumberGenerator) {
        traceID =
            traceparent.flatMap(Self.traceID(in:))
            ?? Self.digits(words: 2, using: &generator)
        spanID = Self.digits(words: 1, using: &generator)
    }

    /// The trace id of a `traceparent`; nil when the value is not valid.
    ///
    /// Version 00 has exactly four fields (section 3.2.2). A later version may have more, after
    /// another dash; its first four are read as those of version 00 (section 3.2.4). Version ff
    /// is forbidden.
    static func traceID(in value: String) -> String? {
        let bytes = Array(value.utf8)
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            [0..<2, 3..<35, 36..<52, 53..<55].allSatisfy({ bytes[$0].allSatisfy(isDigit) })
        else { return nil }
        switch String(decoding: bytes[0..<2], as: UTF8.self) {
        case "ff": return nil
        case "00": guard bytes.count == 55 else { return nil }
        default: guard bytes.count == 55 || bytes[55] == UInt8(ascii: "-") else { return nil }
        }
        guard [3..<35, 36..<52].allSatisfy({ !bytes[$0].allSatisfy { $0 == UInt8(ascii: "0") } })
        else { return nil }
        return String(decoding: bytes[3..<35], as: UTF8.self)
    }

    /// Capital letters are not allowed (section 3.2.1).
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    /// Random digits, 16 for each word. No word is zero, so that no id is.
    private static func digits(
        words: Int, using generator: inout some RandomNumberGenerator
    ) -> String {
        (0..<words).map { _ in
            UInt64.random(in: 1 ... .max, using: &generator).paddedHexadecimal
        }.joined()
    }
}
