import Glibc

/// Whom a client address belongs to, as far as the address tells: one IPv4 address, or the /64 of an
/// IPv6 address, of which one subscriber has all (RFC 6177).
enum AddressBlock: Hashable, Sendable {
    case v4([UInt8])
    case v6([UInt8])

    /// Reads an address as inet_pton(3) does; nil for what is none.
    init?(_ text: String) {
        let isV4 = !text.utf8.contains(UInt8(ascii: ":"))
        var bytes = [UInt8](repeating: 0, count: isV4 ? 4 : 16)
        // in_addr takes 4 bytes and in6_addr 16: what the array has.
        guard unsafe inet_pton(isV4 ? AF_INET : AF_INET6, text, &bytes) == 1 else { return nil }
        self.init(networkOrder: bytes)
    }

    /// - Parameter bytes: 4 or 16 bytes, most significant first.
    init(networkOrder bytes: [UInt8]) {
        // An IPv4 client on an IPv6 socket (RFC 4291 section 2.5.5.2).
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        if bytes.count == 4 {
            self = .v4(bytes)
        } else if bytes.starts(with: mapped) {
            self = .v4(Array(bytes.dropFirst(mapped.count)))
        } else {
            self = .v6(Array(bytes.prefix(8)))
        }
    }
}
