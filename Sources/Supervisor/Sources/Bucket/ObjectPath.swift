import RequestSyntax

/// Keys of objects in paths.
enum ObjectPath {
    /// A key as it is sent and signed: each byte of its UTF-8 is escaped once but for the unreserved
    /// characters (RFC 3986 section 2.3) and the slash. Nothing is tidied up: two slashes in a row
    /// and escapes are part of a key.
    static func escaped(_ key: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in key.utf8 {
            if "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8
                .contains(byte)
            {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension BucketSettings {
    /// Where an object is asked for.
    func address(bucket: String, key: String) throws(SourceFailure) -> RemoteAddress {
        let server = endpoint.map { ($0.scheme, $0.authority) } ?? ("https", authorityOfAWS)
        let isInHost = (endpoint == nil || !pathStyle) && Self.isLabel(bucket)
        let path = ObjectPath.escaped(key)
        let text =
            isInHost
            ? "\(server.0)://\(bucket).\(server.1)/\(path)"
            : "\(server.0)://\(server.1)/\(bucket)/\(path)"
        guard case .remote(let address) = try? SourceAddress(text) else {
            throw .malformed("its server and bucket make no address")
        }
        return address
    }

    /// "Amazon Simple Storage Service endpoints and quotas" in the AWS General Reference.
    private var authorityOfAWS: String {
        "s3.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
    }

    /// Whether a name can be one part of a host's, and so have a server's certificate: dots make
    /// several of it, and capital letters are small ones in a host.
    private static func isLabel(_ name: String) -> Bool {
        name.first != "-" && name.last != "-"
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }
}
