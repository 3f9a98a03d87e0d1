import RequestSyntax

extension SettingTable {
    static let buckets = SettingGroup(
        title: "Buckets",
        settings: [
            Setting(
                "s3.endpoint", \.s3.endpoint,
                .optional(.endpoint, none: "AWS's own of the region"), reloads: true,
                help:
                    "The server that sources beginning with s3:// are on. Its address need not be "
                    + "public."),
            Setting(
                "s3.region", \.s3.region, .region, reloads: true,
                help: "The region that requests are signed for."),
            Setting(
                "s3.access_key", \.s3.accessKey, .optional(.accessKey, none: "none"),
                reloads: true,
                why: "without a character there is none, and servers give none that are longer",
                help: "Who Glovebox is to that server. With s3.secret_key it turns such sources on."
            ),
            Setting(
                "s3.secret_key", \.s3.secretKey, .optional(.ofBucket, none: "none"),
                reloads: true, isSecret: true, why: reasonOfKeys,
                help: "What requests to that server are signed with."),
            Setting(
                "s3.session_token", \.s3.sessionToken, .optional(.ofBucket, none: "none"),
                reloads: true, isSecret: true, why: reasonOfKeys,
                help: "What goes with keys that hold for a while."),
            Setting(
                "s3.path_style", \.s3.pathStyle, .flag, reloads: true,
                help: "Name buckets in the path. Otherwise they are the first part of the "
                    + "endpoint's host, as with AWS's own always, but for those whose name has a "
                    + "dot or a capital letter."),
        ])

    private static let reasonOfKeys =
        "without a character there is none, and a longer one does not fit a header"
}

extension ValueShape where Value == RemoteAddress {
    /// A server without a path.
    fileprivate static var endpoint: Self {
        ValueShape(
            expects: "http:// or https://, a host and perhaps a port, such as "
                + "https://minio.example.com:9000",
            parse: { text throws(ValueError) in
                guard case .remote(let address) = try? SourceAddress(text), address.target == "/",
                    !text.contains("#"), !text.contains("?")
                else { throw .malformed("is no address of a server alone") }
                return address
            },
            text: { $0.origin }, json: { .string($0.origin) })
    }
}

extension RemoteAddress {
    /// The address of the server, without a path.
    fileprivate var origin: String { "\(scheme)://\(authority)" }
}

extension ValueShape where Value == String {
    fileprivate static var region: Self {
        ValueShape(
            expects: "the name of a region, such as eu-central-1",
            parse: { text throws(ValueError) in
                // It stands in a host's name.
                let isLabel =
                    (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
                    && text.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
                    }
                guard isLabel else { throw .malformed("is no name of a region") }
                return text
            },
            text: { $0 }, json: { .string($0) })
    }

    fileprivate static var accessKey: Self {
        ValueShape(
            expects: "1 to 128 printable ASCII characters without spaces, slashes and commas",
            parse: { text throws(ValueError) in
                // It stands between commas and slashes in a header field.
                guard
                    text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x2C })
                else { throw .malformed("holds what no access key has") }
                guard (1...128).contains(text.utf8.count) else { throw .outOfRange }
                return text
            },
            text: { $0 }, json: { .string($0) })
    }
}

extension ValueShape where Value == Secret {
    /// As a server made it, which no command here does.
    fileprivate static var ofBucket: Self {
        let shape = secret(1...4_096)
        return ValueShape(
            expects: "1 to 4096 printable ASCII characters without spaces, as the server gave it",
            parse: shape.parse, text: shape.text, json: shape.json)
    }
}
