import NIOSSL

extension NIOSSLCertificate {
    /// Whether the certificate is for a name: as a whole, or with a star for its first label (RFC 9525
    /// section 6.3). NIOSSL asks less: one for the address that the connection goes to is right for
    /// any name there, and names come from DNS, which nobody has signed.
    func isFor(_ host: String) -> Bool {
        let behind = host.drop { $0 != "." }
        return _subjectAlternativeNames().contains { name in
            guard name.nameType == .dnsName else { return false }
            let pattern = String(decoding: Array(name.contents), as: UTF8.self).lowercased()
            return pattern == host || !behind.isEmpty && pattern == "*\(behind)"
        }
    }
}
