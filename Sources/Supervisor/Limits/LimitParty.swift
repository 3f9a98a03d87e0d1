/// Whom a limit counts for.
enum LimitParty: Hashable, Sendable {
    /// A key, by its id.
    case key(String)
    case address(AddressBlock)
    /// The site that an IPv6 address is in: who has a /48 has 65,536 blocks to begin anew with.
    case site(AddressBlock)
    /// An address, or a site, for its signed requests: they have a rate of their own.
    case signer(AddressBlock)

    /// How many times as much a whole site may as one address of it.
    static let siteFactor = 4

    /// An address, and its site where it has one.
    static func all(of block: AddressBlock) -> [LimitParty] {
        block.site == block ? [.address(block)] : [.address(block), .site(block.site)]
    }

    var isKey: Bool { if case .key = self { true } else { false } }

    /// As files have it: `key:ID`, and `address:`, `site:` and `signer:` with the address's bytes in
    /// hex.
    var text: String {
        switch self {
        case .key(let id): "key:\(id)"
        case .address(let block): "address:\(Hexadecimal.text(block.bytes))"
        case .site(let block): "site:\(Hexadecimal.text(block.bytes))"
        case .signer(let block): "signer:\(Hexadecimal.text(block.bytes))"
        }
    }

    /// Reads what ``text`` writes, and nothing else.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let bytes = Hexadecimal.bytes(parts[1].utf8)
        switch (parts[0], bytes?.count) {
        case ("key", _): self = .key(String(parts[1]))
        case ("address", 4): self = .address(.v4(bytes ?? []))
        case ("address", 8): self = .address(.v6(bytes ?? []))
        case ("signer", 4): self = .signer(.v4(bytes ?? []))
        case ("signer", 6), ("signer", 8): self = .signer(.v6(bytes ?? []))
        case ("site", 6): self = .site(.v6(bytes ?? []))
        default: return nil
        }
        guard self.text == text else { return nil }
    }
}

extension AddressBlock {
    /// Most significant first.
    fileprivate var bytes: [UInt8] {
        switch self {
        case .v4(let bytes), .v6(let bytes): bytes
        }
    }
}

extension KeyLimits {
    var isNone: Bool { self == KeyLimits() }

    /// What a site may where this is what one address of it may.
    var ofSite: KeyLimits {
        let factor = LimitParty.siteFactor
        return KeyLimits(
            rate: rate.map { Rate(min($0.count * factor, Rate.most), per: $0.unit) },
            concurrent: concurrent.map { $0 * factor }, dailyBytes: nil)
    }
}
