import RequestSyntax

/// `s3`: a server with S3's interface, and who Glovebox is to it.
struct BucketSettings: Equatable, Sendable {
    /// The server; nil for AWS's own of the region.
    var endpoint: RemoteAddress?
    var region = "us-east-1"
    var accessKey: String?
    var secretKey: Secret?
    /// What goes with keys that were lent.
    var sessionToken: Secret?
    /// Whether a bucket's name stands in the path and not in the host of ``endpoint``.
    var pathStyle = true

    /// nil where there are no buckets.
    var keys: BucketKeys? {
        guard let accessKey, let secretKey else { return nil }
        return BucketKeys(access: accessKey, secret: secretKey, session: sessionToken)
    }
}

/// What requests for objects are signed with.
struct BucketKeys: Equatable, Sendable {
    let access: String
    let secret: Secret
    var session: Secret?
}
