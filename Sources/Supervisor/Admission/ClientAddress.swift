import HTTPTypes
import RequestSyntax

/// Whose request it is: the peer of the connection, or whom trusted proxies name.
///
/// The chain is walked from the right. Each trusted proxy is believed about the one before it; the
/// first that is not trusted is the client, whatever it says about others.
struct ClientAddress: Equatable, Sendable {
    /// Proxies that are believed.
    var trusted: [NetworkBlock] = []

    /// Which of the two fields a proxy writes. Believing both would let clients choose.
    enum Field: String, Sendable, CaseIterable {
        case forwarded
        case xForwardedFor = "x-forwarded-for"

        var name: HTTPField.Name {
            switch self {
            case .forwarded: .forwarded
            case .xForwardedFor: .xForwardedFor
            }
        }

        var other: Field { self == .forwarded ? .xForwardedFor : .forwarded }
    }

    var field = Field.xForwardedFor

    /// - Parameter peer: the address at the other end of the connection.
    /// - Returns: nil where what a trusted proxy says cannot be read, or it writes the other field:
    ///   then the client is not known. A trusted proxy that says nothing at all asks for itself.
    func client(of peer: NetworkAddress, _ headers: HTTPFields) -> NetworkAddress? {
        guard isTrusted(peer) else { return peer }
        guard !isOther(headers) else { return nil }
        var nearest = peer
        var hops = 0
        // A proxy adds a field of its own, or an element to the last one. What stands before that is
        // the client's word, and is not even read.
        for line in headers[values: field.name].reversed() {
            var rest = line[...]
            while !rest.isEmpty {
                guard let nodes = nodes(of: takeLast(of: &rest)) else { return nil }
                for node in nodes.reversed() {
                    hops += 1
                    guard hops <= ForwardedField.mostHops, case .address(let text) = node,
                        let address = NetworkAddress(text)
                    else { return nil }
                    guard isTrusted(address) else { return address }
                    nearest = address
                }
            }
        }
        // Nobody but proxies: one of them has asked for itself.
        return nearest
    }

    /// Whether only the field is there that is not read.
    func isOther(_ headers: HTTPFields) -> Bool {
        headers[field.other.name] != nil && headers[field.name] == nil
    }

    /// Takes off the end what can be read without the rest of a field.
    private func takeLast(of line: inout Substring) -> Substring {
        let comma =
            switch field {
            case .xForwardedFor: line.utf8.lastIndex(of: UInt8(ascii: ","))
            // In Forwarded a comma may stand in quotation marks.
            case .forwarded: ForwardedField.lastComma(ofForwarded: line)
            }
        guard let comma else {
            defer { line = "" }
            return line
        }
        defer { line = line[..<comma] }
        return line[line.utf8.index(after: comma)...]
    }

    private func nodes(of part: Substring) -> [ForwardedField.Node]? {
        switch field {
        case .forwarded: ForwardedField.nodes(forwarded: part)
        case .xForwardedFor: ForwardedField.nodes(xForwardedFor: part)
        }
    }

    func isTrusted(_ address: NetworkAddress) -> Bool { trusted.cover(address) }
}

extension [NetworkBlock] {
    /// Whether an address is in one of them; an IPv4 address on an IPv6 socket is what it stands for.
    func cover(_ address: NetworkAddress) -> Bool {
        let plain = address.mapped ?? address
        return contains { $0.contains(plain) }
    }
}

extension HTTPField.Name {
    /// RFC 7239.
    static let forwarded = Self("Forwarded")!
    static let xForwardedFor = Self("X-Forwarded-For")!
}
