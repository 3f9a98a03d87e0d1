import HTTPTypes

/// Who is answerable for a request, as far as its connection tells.
struct Sender: Sendable {
    let client: Client
    /// The block of its address; nil where it is not known.
    let block: AddressBlock?
    /// Whether it is a reverse proxy on this machine, behind which anybody may be.
    let isProxy: Bool

    /// - Parameter fields: the request's. A stranger's word that he is a proxy counts for nothing;
    ///   whoever is on this machine is believed.
    init(_ client: Client, _ fields: HTTPFields) {
        self.client = client
        let block = AddressBlock(client.address)
        let isForwarded = Self.forwarding.contains { fields[$0] != nil }
        isProxy = isForwarded && block?.isLoopback == true
        self.block = isProxy ? nil : block
    }

    /// RFC 7239, and what was usual before it.
    private static let forwarding = ["Forwarded", "X-Forwarded-For"].compactMap {
        HTTPField.Name($0)
    }
}
