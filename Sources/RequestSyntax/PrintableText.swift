/// Text from a request as it may be repeated in an error: cut, and with every byte that is not
/// printable ASCII replaced, so that it can neither break a log line nor end a quotation.
enum PrintableText {
    /// The most characters that are repeated.
    static let longest = 64

    /// At most ``longest`` characters from 0x20 to 0x7E without `"` and `\`; others become `?`.
    static func make(_ bytes: some Sequence<UInt8>) -> String {
        let cut = bytes.prefix(longest).map { byte -> UInt8 in
            let plain = byte >= 0x20 && byte <= 0x7E && byte != 0x22 && byte != 0x5C
            return plain ? byte : 0x3F
        }
        return String(decoding: cut, as: UTF8.self)
    }
}
