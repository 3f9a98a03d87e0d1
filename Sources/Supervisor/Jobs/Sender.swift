import HTTPTypes

/// Whose request it is, as far as its connection and trusted proxies tell.
struct Sender: Sendable {
    let client: Client
    /// nil where what a trusted proxy says cannot be read or stands in the field that is not read, and
    /// where it is a proxy that nobody has declared.
    let address: NetworkAddress?
    /// Whom limits count for: the block of its address. Of a client who hides behind a trusted proxy,
    /// such as by what he has written before it, the proxy's; nil where anybody may be meant.
    let block: AddressBlock?
    /// Whether it is a reverse proxy on this machine that is not declared, behind which anybody may be.
    let isProxy: Bool
    /// Whether it is a trusted proxy that writes the field that is not read.
    let hasOtherField: Bool

    /// - Parameter fields: the request's. A stranger's word that he is a proxy counts for nothing;
    ///   whoever is on this machine is believed.
    init(_ client: Client, _ fields: HTTPFields, _ proxies: ClientAddress = ClientAddress()) {
        self.client = client
        let peer = NetworkAddress(client.address)
        let address = peer.flatMap { proxies.client(of: $0, fields) }
        hasOtherField = peer != nil && address == nil && proxies.isOther(fields)
        let isForwarded = fields[.forwarded] != nil || fields[.xForwardedFor] != nil
        let isLoopback = peer.map { AddressBlock($0).isLoopback } ?? false
        isProxy = proxies.trusted.isEmpty && isForwarded && isLoopback
        self.address = isProxy ? nil : address
        let counted = self.address ?? (isProxy || hasOtherField ? nil : peer)
        block = counted.map { AddressBlock($0) }
    }

    /// For logs: the client's address, or that of the proxy behind which it is not known.
    var text: String { address?.description ?? client.address }
}

extension AddressBlock {
    init(_ address: NetworkAddress) { self.init(networkOrder: address.bytes) }
}
