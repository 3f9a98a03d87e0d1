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
    }

    var field = Field.xForwardedFor

    /// - Parameter peer: the address at the other end of the connection.
    /// - Returns: nil where a trusted proxy does not say, or what it says cannot be read: then the
    ///   client is not known, and the proxy is no client.
    func client(of peer: NetworkAddress, _ headers: HTTPFields) -> NetworkAddress? {
        guard isTrusted(peer) else { return peer }
        let values = headers[values: HTTPField.Name(field.rawValue)!].joined(separator: ",")
        let nodes =
            switch field {
            case .forwarded: ForwardedField.nodes(forwarded: values)
            case .xForwardedFor: ForwardedField.nodes(xForwardedFor: values)
            }
        guard let nodes else { return nil }
        for node in nodes.reversed() {
            guard case .address(let text) = node, let address = NetworkAddress(text) else {
                return nil
            }
            guard isTrusted(address) else { return address }
        }
        // Nobody but proxies: one of them has asked for itself.
        guard case .address(let text)? = nodes.first else { return peer }
        return NetworkAddress(text)
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool {
        let plain = address.mapped ?? address
        return trusted.contains { $0.contains(plain) }
    }
}
