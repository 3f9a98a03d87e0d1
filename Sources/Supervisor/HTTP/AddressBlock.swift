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

    /// What one customer of a network has at the most: the /48 of an IPv6 address (RFC 6177), within
    /// which somebody may have 65,536 blocks; an IPv4 address is its own.
    var site: AddressBlock {
        switch self {
        case .v4: self
        case .v6(let bytes): .v6(Array(bytes.prefix(6)))
        }
    }

    /// Whether it is this machine (RFC 1122 section 3.2.1.3; of IPv6 the /64 of ::1 has no other
    /// address that anybody is reached at).
    var isLoopback: Bool {
        switch self {
        case .v4(let bytes): bytes.first == 127
        case .v6(let bytes): bytes.allSatisfy { $0 == 0 }
        }
    }
}
