/// How much of a request's head has arrived, by the bytes that the decoder has not seen yet.
struct ArrivingHead {
    /// Bytes of a head have arrived, but not all of it.
    private(set) var hasBegun = false
    /// Bytes of the request line that have arrived.
    private(set) var lineBytes = 0
    private var lineIsWhole = false

    /// Counts bytes between two requests, or of a head.
    ///
    /// - Returns: whether a head begins with them.
    mutating func take(_ bytes: some Collection<UInt8>) -> Bool {
        let begins = !hasBegun
        if begins {
            // Empty lines before a request are no part of it (RFC 9112 section 2.2).
            guard bytes.contains(where: { $0 != 0x0D && $0 != 0x0A }) else { return false }
            self = ArrivingHead()
            hasBegun = true
        }
        guard !lineIsWhole else { return begins }
        let end = bytes.firstIndex(of: 0x0A)
        lineBytes += bytes.distance(from: bytes.startIndex, to: end ?? bytes.endIndex)
        lineIsWhole = end != nil
        return begins
    }

    /// The head is whole, or refused.
    mutating func end() { hasBegun = false }
}
