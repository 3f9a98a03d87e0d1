import NIOCore

/// Where a listener is bound: an IP address (or `localhost`) and a port.
struct ListenAddress: Equatable, Sendable {
    let host: String
    let port: Int

    static let standard = ListenAddress(host: "127.0.0.1", port: 8080)
    static let standardAdmin = ListenAddress(host: "127.0.0.1", port: 8081)

    /// As ``init(_:)`` reads it.
    var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The same with the port that the kernel chose for port 0.
    func bound(to port: Int) -> ListenAddress { ListenAddress(host: host, port: port) }

    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. Port 0 lets the kernel choose.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard host == "localhost" || Self.parse(host, port) != nil else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool {
        if host == "localhost" { return true }
        return switch Self.parse(host[...], UInt16(clamping: port)) {
        // inet_pton takes four plain decimal numbers and nothing else.
        case .v4: host.hasPrefix("127.")
        case .v6: host == "::1"
        case .unixDomainSocket, nil: false
        }
    }

    /// Whether only one of the two can be bound. Port 0 is never the same twice.
    func collides(with other: ListenAddress) -> Bool {
        guard port == other.port, port != 0 else { return false }
        let wildcards = ["0.0.0.0", "::"]
        let sameName = [self, other].contains { $0.host == "localhost" }
        return host == other.host || wildcards.contains(host) || wildcards.contains(other.host)
            || (sameName && isLoopback && other.isLoopback)
    }

    private static func parse(_ host: Substring, _ port: UInt16) -> SocketAddress? {
        try? SocketAddress(ipAddress: String(host), port: Int(port))
    }
}
