/// `proxies`: what stands between clients and this service.
struct ProxySettings: Equatable, Sendable {
    /// Whose word about clients counts, and in which field.
    var trust = ClientAddress()
    /// Whether they speak TLS with clients, always.
    var https = false
}

extension ClientAddress {
    /// How many connections a peer may have. Those of a proxy are many clients'.
    ///
    /// - Parameter peer: as text; nil for what is no IP connection.
    func connections(of peer: String?, otherwise most: Int) -> Int {
        guard !trusted.isEmpty, let address = peer.flatMap({ NetworkAddress($0) }),
            isTrusted(address)
        else { return most }
        return .max
    }
}
