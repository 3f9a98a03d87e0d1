/// Which addresses images may be fetched from.
///
/// Public ones may, those of the special registries only where a block is named. An IPv6 address that
/// carries an IPv4 one is judged by both.
struct AddressRules: Equatable, Sendable {
    /// Blocks that are permitted though they are not public.
    var permitted: [NetworkBlock] = []

    /// Why an address may not be reached, for the operator.
    struct Refusal: Error, Equatable, Sendable {
        /// The address that is refused, which may stand inside the one that a name has.
        let address: NetworkAddress
        /// What it belongs to, such as `loopback`.
        let kind: String

        /// The address as a list in YAML may have it, in which nothing begins with a colon.
        var written: String {
            address.description.contains(":") ? "\"\(address)\"" : "\(address)"
        }
    }

    func check(_ address: NetworkAddress) throws(Refusal) {
        if permitted.contains(where: { $0.contains(address) }) { return }
        if let kind = Self.kind(of: address) { throw Refusal(address: address, kind: kind) }
        if let inner = address.inner { try check(inner) }
    }

    /// What an address belongs to that is not public; nil for a public one.
    static func kind(of address: NetworkAddress) -> String? {
        if let found = special.first(where: { $0.block.contains(address) }) { return found.kind }
        // All that is public in IPv6 is in 2000::/3, until IANA assigns more.
        let isElsewhere = address.bytes.count == 16 && address.bytes[0] & 0xE0 != 0x20
        return isElsewhere && address.inner == nil ? "not assigned" : nil
    }

    private struct Special {
        let block: NetworkBlock
        let kind: String
    }

    /// IANA's registries of special-purpose addresses (RFC 6890, as of 2025), multicast (RFC 5771, RFC
    /// 4291), what is reserved, and the address at which one provider's machines find their host.
    /// IPv6 addresses that stand for an IPv4 one are not here: that one decides.
    private static let special: [Special] = [
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider"), ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"), ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"), ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"), ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"), ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"), ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
        ("168.63.129.16/32", "the host of a virtual machine"),
        ("::/128", "unspecified"), ("::1/128", "loopback"), ("64:ff9b:1::/48", "translation"),
        ("100::/64", "discard-only"), ("100:0:0:1::/64", "dummy prefix"),
        ("2001:2::/48", "benchmarking"), ("2001:10::/28", "ORCHID"), ("2001:20::/28", "ORCHID"),
        ("2001:30::/28", "drone identification"), ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"), ("5f00::/16", "segment routing"), ("fc00::/7", "private"),
        ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
    ].compactMap { text, kind in
        NetworkBlock(text).map { Special(block: $0, kind: kind) }
    }
}
