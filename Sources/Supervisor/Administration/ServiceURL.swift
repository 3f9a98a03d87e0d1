import FoundationEssentials

/// Where a service is asked: `http`, a host and a port, and nothing secret in it.
struct ServiceURL: Equatable, Sendable {
    let host: String
    let port: Int
    /// In front of every path; empty, or a slash and more.
    let base: String

    /// Reads `http://127.0.0.1:8081` and the like. What carries a name, a password, a query or a
    /// fragment is refused.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text), parts.scheme?.lowercased() == "http",
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.query == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? 80
        guard (1...65_535).contains(port) else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        let path = parts.percentEncodedPath
        base = path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The service on this machine that listens at an address. One that listens everywhere is
    /// reached through the loopback interface.
    init(listener address: ListenAddress) { self.init(host: address.host, port: address.port) }

    /// The same for an address that is bound, with the port that the kernel chose.
    init(host: String, port: Int) {
        self.host =
            switch host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: host
            }
        self.port = port
        base = ""
    }

    /// The host and port as a URL and the Host field write them (RFC 3986 section 3.2).
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ServiceURL: CustomStringConvertible {
    var description: String { "http://\(authority)\(base)" }
}
