/// The name of one request in answers, logs and records.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 64 letters, digits, `_` and `-`.
    public let text: String

    /// Accepts an incoming `X-Request-ID`; nil if it is not exactly of that shape, so that it can
    /// carry nothing into a log line or a header.
    public init?(incoming: some StringProtocol) {
        guard (1...64).contains(incoming.utf8.count), incoming.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        text = String(incoming)
    }

    /// A new one: 128 random bits as 32 hexadecimal digits.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// As ``init()``, from another source of randomness.
    public init(using generator: inout some RandomNumberGenerator) {
        text = (0..<2).map { _ in (generator.next() as UInt64).paddedHexadecimal }.joined()
    }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
