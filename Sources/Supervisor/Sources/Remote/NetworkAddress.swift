import Glibc

/// An IPv4 or IPv6 address, most significant byte first.
///
/// An IPv4 address inside an IPv6 one is told by ``inner``: what counts for a connection is where the
/// packets go in the end.
struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16.
    let bytes: [UInt8]

    /// Reads an address as inet_pton(3) does: no octal, hexadecimal or short forms, and no zone.
    init?(_ text: some StringProtocol) {
        let isV4 = !text.utf8.contains(UInt8(ascii: ":"))
        var bytes = [UInt8](repeating: 0, count: isV4 ? 4 : 16)
        // in_addr takes 4 bytes and in6_addr 16: what the array has.
        guard unsafe inet_pton(isV4 ? AF_INET : AF_INET6, String(text), &bytes) == 1 else {
            return nil
        }
        self.bytes = bytes
    }

    /// - Parameter bytes: 4 or 16.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "no length of an address")
        self.bytes = bytes
    }

    /// The IPv4 address that an IPv6 address stands for: mapped and compatible (RFC 4291 section
    /// 2.5.5), translated (RFC 6052 section 2.1), of 6to4 (RFC 3056 section 2), of ISATAP (RFC 5214
    /// section 6.1) and, inverted, of Teredo (RFC 4380 section 4).
    var inner: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        let last = Array(bytes.suffix(4))
        let isCompatible = bytes.prefix(12).allSatisfy { $0 == 0 } && last[..<3] != [0, 0, 0]
        let prefixes: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0],
            [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        if isCompatible || prefixes.contains(where: bytes.starts) {
            return NetworkAddress(bytes: last)
        }
        if bytes.starts(with: [0x20, 0x02]) { return NetworkAddress(bytes: Array(bytes[2..<6])) }
        if bytes.starts(with: [0x20, 0x01, 0, 0]) {
            return NetworkAddress(bytes: last.map { ~$0 })
        }
        // The bit for "universal" says nothing of where it leads.
        let isISATAP = bytes[8] & ~0x02 == 0 && bytes[9..<12] == [0x00, 0x5E, 0xFE]
        return isISATAP ? NetworkAddress(bytes: last) : nil
    }

    /// The IPv4 address of a client on an IPv6 socket (RFC 4291 section 2.5.5.2).
    var mapped: NetworkAddress? {
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        guard bytes.count == 16, bytes.starts(with: prefix) else { return nil }
        return NetworkAddress(bytes: Array(bytes.suffix(4)))
    }

    var description: String {
        guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // The array has the room that any IPv6 address needs.
        guard unsafe inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return "?"
        }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// All addresses that begin alike: `10.0.0.0/8`, or one address.
struct NetworkBlock: Hashable, Sendable, CustomStringConvertible {
    let address: NetworkAddress
    /// How many leading bits are compared, up to 32 or 128.
    let prefix: Int

    /// Reads an address with perhaps a slash and a length. Bits behind the prefix must be 0, so that
    /// what is written is what is meant.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = NetworkAddress(parts[0]) else { return nil }
        let bits = 8 * address.bytes.count
        var prefix = bits
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let length = Int(parts[1]), length <= bits
            else { return nil }
            prefix = length
        }
        self.address = address
        self.prefix = prefix
        let isPlain = (prefix..<bits).allSatisfy { bit in
            address.bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) == 0
        }
        guard isPlain else { return nil }
    }

    /// Whether the block has this very address; the addresses inside an IPv6 address are not looked at.
    func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = prefix / 8
        guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
        let rest = prefix % 8
        guard rest > 0 else { return true }
        let mask = ~(UInt8(0xFF) >> UInt8(rest))
        return (other.bytes[whole] ^ address.bytes[whole]) & mask == 0
    }

    var description: String { "\(address)/\(prefix)" }
}
