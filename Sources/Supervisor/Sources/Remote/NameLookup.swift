import Glibc
import NIOPosix

/// Finds the addresses of a name.
protocol NameLookup: Sendable {
    /// All of them, in the system's order; empty where there are none.
    func addresses(of name: String) async -> [NetworkAddress]
}

/// getaddrinfo(3): the hosts file and whatever else the system asks. It may hang for half a minute, so
/// it has threads of its own, and those that read files do not wait for it.
struct SystemLookup: NameLookup {
    /// Look-ups at a time.
    static let threads = 32

    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        return pool
    }()

    func addresses(of name: String) async -> [NetworkAddress] {
        let found = try? await Self.pool.runIfActive { Self.find(name) }
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
        // Where the bytes of the address stand in sockaddr_in (ip(7)) and in sockaddr_in6 (ipv6(7)).
        let (start, count): (Int, Int)
        switch unsafe entry.ai_family {
        case AF_INET: (start, count) = (4, 4)
        case AF_INET6: (start, count) = (8, 16)
        default: return nil
        }
        guard unsafe Int(entry.ai_addrlen) >= start + count,
            let raw = unsafe UnsafeRawPointer(entry.ai_addr)
        else { return nil }
        // The length was just looked at.
        let bytes = (start..<start + count).map { offset in
            unsafe raw.load(fromByteOffset: offset, as: UInt8.self)
        }
        return NetworkAddress(bytes: bytes)
    }
}
