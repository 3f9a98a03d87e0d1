import HTTPTypes

/// Whose request it is, as far as its connection and trusted proxies tell.
struct Sender: Sendable {
    let client: Client
    /// nil where a trusted proxy does not say, or it is a proxy that nobody has declared.
    let address: NetworkAddress?
    /// The block of its address; nil where it is not known.
    let block: AddressBlock?
    /// Whether it is a reverse proxy on this machine that is not declared, behind which anybody may be.
    let isProxy: Bool

    /// - Parameter fields: the request's. A stranger's word that he is a proxy counts for nothing;
    ///   whoever is on this machine is believed.
    init(_ client: Client, _ fields: HTTPFields, _ proxies: ClientAddress = ClientAddress()) {
        self.client = client
        let peer = NetworkAddress(client.address)
        let address = peer.flatMap { proxies.client(of: $0, fields) }
        let isForwarded = Self.forwarding.contains { fields[$0] != nil }
        let isLoopback = peer.map { AddressBlock($0).isLoopback } ?? false
        isProxy = proxies.trusted.isEmpty && isForwarded && isLoopback
        self.address = isProxy ? nil : address
        block = self.address.map { AddressBlock($0) }
    }

    /// For logs: the client's address, or that of the proxy that does not say.
    var text: String { address?.description ?? client.address }

    /// RFC 7239, and what was usual before it.
    private static let forwarding = ["Forwarded", "X-Forwarded-For"].compactMap {
        HTTPField.Name($0)
    }
}

extension AddressBlock {
    init(_ address: NetworkAddress) { self.init(networkOrder: address.bytes) }
}
