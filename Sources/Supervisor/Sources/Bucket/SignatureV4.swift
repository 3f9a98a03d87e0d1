import Crypto
import FoundationEssentials

/// AWS Signature Version 4 of a GET without a query and a body: a pure value, after the Amazon S3 API
/// Reference ("Authenticating Requests: Using the Authorization Header").
struct SignatureV4: Sendable {
    let keys: BucketKeys
    let region: String

    typealias Field = RemoteHop.Field

    /// SHA-256 of no bytes.
    private static let digestOfNothing = Hexadecimal.text(SHA256.hash(data: [UInt8]()))

    /// The fields of a request that is signed.
    ///
    /// - Parameters:
    ///   - path: as it is sent; ``ObjectPath`` escapes it.
    ///   - fields: what is signed beside the fields that this adds: Host at least. Without spaces at
    ///     their ends, and without two in a row.
    ///   - time: of the request; servers allow for 15 minutes' difference.
    /// - Returns: those fields, with the time, the digest of the body, the session and the
    ///   signature.
    func signed(path: String, _ fields: [Field], at time: Date) -> [Field] {
        let second = Self.second(time)
        let day = String(second.prefix(8))
        var fields = fields
        fields.append(("x-amz-content-sha256", Self.digestOfNothing))
        fields.append(("x-amz-date", second))
        if let session = keys.session { fields.append(("x-amz-security-token", session.text)) }
        let sorted = fields.map { ($0.name.lowercased(), $0.value) }.sorted { $0.0 < $1.0 }
        let names = sorted.map(\.0).joined(separator: ";")
        let lines = sorted.map { "\($0.0):\($0.1)\n" }.joined()
        let request = "GET\n\(path)\n\n\(lines)\n\(names)\n\(Self.digestOfNothing)"

        let scope = "\(day)/\(region)/s3/aws4_request"
        let digest = Hexadecimal.text(SHA256.hash(data: Array(request.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(second)\n\(scope)\n\(digest)"
        var key = SymmetricKey(data: Array("AWS4\(keys.secret.text)".utf8))
        for part in [day, region, "s3", "aws4_request"] {
            key = SymmetricKey(data: Self.code(of: part, by: key))
        }
        let signature = Hexadecimal.text(Self.code(of: text, by: key))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(keys.access)/\(scope), "
            + "SignedHeaders=\(names), Signature=\(signature)"
        return fields + [("Authorization", authorization)]
    }

    private static func code(of text: String, by key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    /// `20130524T000000Z`: ISO 8601 in its basic form, in UTC.
    private static func second(_ time: Date) -> String {
        Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted).format(time)
    }
}
