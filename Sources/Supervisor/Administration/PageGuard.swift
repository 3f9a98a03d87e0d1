import HTTPTypes
import NIOCore

/// Turns away what a web page makes a browser send.
///
/// A page can have its own name resolve to this machine and then read answers as its own (DNS
/// rebinding): its requests carry that name as their Host. Pages elsewhere carry an Origin, or
/// Sec-Fetch-Site.
struct PageGuard: Sendable {
    /// Names beside `localhost` and IP addresses by which the listener may be asked, in lower case.
    var names: Set<String> = []

    func check(authority: String?, headers: HTTPFields) throws(Problem) {
        guard let authority, isOurs(authority), headers[.origin] == nil else {
            throw .foreignPage
        }
        switch headers[.secFetchSite] {
        // A person's own doing, such as a bookmark, is `none`.
        case nil, "none", "same-origin": break
        default: throw .foreignPage
        }
    }

    private func isOurs(_ authority: String) -> Bool {
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), host.last != "]" {
            let port = host[host.index(after: colon)...]
            guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
            host = host[..<colon]
        }
        if host.first == "[", host.last == "]" {
            let address = String(host.dropFirst().dropLast())
            return address.contains(":") && isAddress(address)
        }
        let name = host.lowercased()
        return name == "localhost" || names.contains(name)
            || (!name.contains(":") && isAddress(name))
    }

    private func isAddress(_ text: String) -> Bool {
        (try? SocketAddress(ipAddress: text, port: 0)) != nil
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self("Sec-Fetch-Site")!
}
