import CLinux
import Glibc
import NIOPosix

/// Finds the addresses of a name.
protocol NameLookup: Sendable {
    /// All of them, in the system's order; empty where there are none.
    func addresses(of name: String) async -> [NetworkAddress]
}

/// getaddrinfo(3), on a thread of NIO's pool: the hosts file and whatever else the system asks.
struct SystemLookup: NameLookup {
    func addresses(of name: String) async -> [NetworkAddress] {
        let found = try? await NIOThreadPool.singleton.runIfActive { Self.find(name) }
        return found ?? []
    }

    private static func find(_ name: String) -> [NetworkAddress] {
        // Nothing but 0 and null.
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // The list is the library's until it is freed below.
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let address = unsafe address(of: current.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe entry = current.pointee.ai_next
        }
        return addresses
    }

    private static func address(of entry: addrinfo) -> NetworkAddress? {
        let raw = unsafe UnsafeRawPointer(entry.ai_addr)
        switch unsafe entry.ai_family {
        case AF_INET:
            // The family says which structure it is.
            let address = unsafe raw?.loadUnaligned(as: sockaddr_in.self).sin_addr
            return address.map { address in
                NetworkAddress(bytes: unsafe withUnsafeBytes(of: address) { unsafe Array($0) })
            }
        case AF_INET6:
            let address = unsafe raw?.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return address.map { address in
                NetworkAddress(bytes: unsafe withUnsafeBytes(of: address) { unsafe Array($0) })
            }
        default: return nil
        }
    }
}
