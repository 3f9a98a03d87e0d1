/// Where an image is: parsed once, and never looked at as text again.
public enum SourceAddress: Equatable, Hashable, Sendable {
    /// A file below the image root.
    case local(ImagePath)
    case remote(RemoteAddress)
    /// An object in a bucket.
    case bucket(name: String, key: String)

    /// Longest address in bytes.
    public static let longest = 4_096

    /// - Parameter text: decoded, as a request's options or a signed path have it.
    public init(_ text: some StringProtocol) throws(SourceAddressError) {
        guard text.utf8.count <= Self.longest else { throw .malformed("it is too long") }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .malformed("it holds a control character")
        }
        guard let colon = text.firstRange(of: "://") else { throw .malformed("it has no scheme") }
        let rest = text[colon.upperBound...]
        switch text[..<colon.lowerBound].lowercased() {
        case "local": self = .local(try Self.file(rest))
        case "http": self = .remote(try RemoteAddress(rest, isSecure: false))
        case "https": self = .remote(try RemoteAddress(rest, isSecure: true))
        case "s3": self = try Self.object(rest)
        default: throw .unknownScheme
        }
    }

    private static func file(_ text: some StringProtocol) throws(SourceAddressError) -> ImagePath {
        // The authority of a local address is empty.
        guard text.first == "/" else { throw .malformed("a local address begins with local:///") }
        do throws(ImagePathError) {
            return try ImagePath(percentEncoded: text.dropFirst().prefix { $0 != "?" && $0 != "#" })
        } catch {
            throw .malformed("it names no file below the image root")
        }
    }

    private static func object(_ text: some StringProtocol) throws(SourceAddressError) -> Self {
        guard let slash = text.firstIndex(of: "/") else { throw .malformed("it names no object") }
        let name = text[..<slash]
        let key = text[text.index(after: slash)...]
        guard !key.contains("?") else {
            throw .malformed("it names a version of an object, which are not read")
        }
        let isName =
            (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
        guard isName, !name.contains(".."), name.first != ".", name.last != "." else {
            throw .malformed("its bucket has no name of 3 to 63 letters, digits, dots and hyphens")
        }
        guard !key.isEmpty, key.utf8.count <= 1_024 else { throw .malformed("it names no object") }
        let segments = key.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains(where: { $0 == "." || $0 == ".." }) else {
            throw .malformed("its key leads out of itself")
        }
        return .bucket(name: String(name), key: String(key))
    }
}

/// Why a text is no address that images are fetched from.
public enum SourceAddressError: Error, Equatable, Sendable {
    case unknownScheme
    /// What is wrong, to stand after a colon.
    case malformed(String)
}

extension SourceAddress {
    /// The last part of the path, decoded, or as it is where that gives no text.
    public var fileName: String {
        switch self {
        case .local(let path): return path.fileName
        case .bucket(_, let key): return Self.last(of: key)
        case .remote(let address):
            let name = Self.last(of: address.target.prefix { $0 != "?" })
            let bytes = try? PercentDecoding.decode(name.utf8, mayHoldEscapes: true)
            return bytes.flatMap { String(validating: $0, as: UTF8.self) } ?? name
        }
    }

    private static func last(of path: some StringProtocol) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).last.map { String($0) } ?? ""
    }
}
