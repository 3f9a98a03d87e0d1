/// A request that is signed as a whole by its query: `POST /v1/process?rs=fill:300:200&exp=…&sig=…`.
///
/// `sig` stands last and `exp`, the second after which it is not answered, before it; each once. What is
/// signed begins with a method and a space, and that of a signed URL with a slash, so that the
/// signature of one is never that of the other.
public struct SignedQuery: Equatable, Sendable {
    /// What the signature is computed over: the method, a space, and the target as it came up to the
    /// `&` before `sig`.
    public let signed: String
    /// As it came.
    public let signature: String
    /// Seconds since 1970.
    public let expires: Int64
    /// The query without `exp` and `sig`, as it came.
    public let options: String

    /// The name of the signature in a query.
    public static let signatureName = "sig"
    /// The name of the time.
    public static let expiryName = "exp"
    /// Digits of a time that are read: beyond the year 30000.
    private static let mostDigits = 12

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - method: HEAD asks for what GET does, and is signed as that.
    ///   - target: in origin form, as it came.
    /// - Returns: nil for one without a signature.
    public init?(method: String, target: some StringProtocol) throws(OptionError) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        let path = target[..<mark]
        let parts = target[target.utf8.index(after: mark)...]
            .split(separator: "&", omittingEmptySubsequences: false)
        let signatures = parts.filter { Self.name(of: $0) == Self.signatureName }
        guard !signatures.isEmpty else { return nil }
        guard signatures.count == 1, let last = parts.last,
            Self.name(of: last) == Self.signatureName
        else {
            throw OptionError(
                option: Self.signatureName,
                reason: "A query has one signature, and nothing stands behind it. Sign the request "
                    + "anew.")
        }
        let times = parts.filter { Self.name(of: $0) == Self.expiryName }
        guard times.count == 1, let expires = Self.time(Self.value(of: times[0])) else {
            throw OptionError(
                option: Self.expiryName,
                reason: "A signed query says once until when it holds. Write \(Self.expiryName)= "
                    + "and a time in seconds since 1970, and sign it.")
        }
        self.expires = expires
        signature = String(Self.value(of: last))
        let rest = parts.dropLast()
        signed = Self.text(method, "\(path)?\(rest.joined(separator: "&"))")
        options = rest.filter { Self.name(of: $0) != Self.expiryName }.joined(separator: "&")
    }

    /// What is signed for a request.
    ///
    /// - Parameter target: with `exp` and without `sig`.
    public static func text(_ method: String, _ target: String) -> String {
        "\(method == "HEAD" ? "GET" : method) \(target)"
    }

    /// A target with a time, ready to be signed.
    public static func target(_ target: String, expires: Int64) -> String {
        "\(target)\(target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")\(expiryName)=\(expires)"
    }

    /// Names are compared as they came: another spelling of one is an option that there is not.
    private static func name(of part: some StringProtocol) -> String {
        String(part.prefix { $0 != "=" })
    }

    private static func value<Part: StringProtocol>(of part: Part) -> Part.SubSequence {
        part.drop { $0 != "=" }.dropFirst()
    }

    private static func time(_ text: some StringProtocol) -> Int64? {
        let digits = text.utf8
        guard (1...mostDigits).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(text)
    }
}
