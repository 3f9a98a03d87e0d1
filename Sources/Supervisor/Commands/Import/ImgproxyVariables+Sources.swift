extension ImgproxyVariables {
    static let sources: [Row] = [
        Row(
            ["IMGPROXY_ALLOWED_SOURCES"], ["sources.allowed", "sources.ports"], .security,
            "There text is compared, here the parts of addresses: a prefix without a slash behind its "
                + "host admits that host alone, and a path admits what lies below it. Stars in paths, "
                + "and schemes that there are not, are left out. An address that is not public has to "
                + "be in sources.addresses too."
        ) { text, context in
            ImportedSources(
                list: text, buckets: listed("IMGPROXY_S3_ALLOWED_BUCKETS", context),
                denied: listed("IMGPROXY_S3_DENIED_BUCKETS", context) ?? []
            ).translation(AddressRules(permitted: permittedBlocks(context)))
        },
        Row(
            ["IMGPROXY_BASE_URL"], ["signed.base_url"], .result,
            "It has a scheme, and no user and password."
        ) { text, _ in
            let authority = text.firstRange(of: "://").map { mark in
                text[mark.upperBound...].prefix { $0 != "/" }
            }
            guard authority?.contains("@") != true else {
                return .unsupported("Addresses with a user and a password are not fetched.")
            }
            return .taken([Written("signed.base_url", text)])
        },
        Row(
            ["IMGPROXY_URL_REPLACEMENTS"], ["signed.replacements"], .result,
            "Prefixes with stars become regular expressions."
        ) { text, _ in
            guard let text = ImportedReplacements.text(text) else {
                return .unsupported("One of the pairs has no '='.")
            }
            return .taken([Written("signed.replacements", text)])
        },
        .absent(
            ["IMGPROXY_SOURCE_URL_QUERY_SEPARATOR"], .result, neutral: ["?"],
            "It is a question mark here, and queries of files and objects are not used."),
        .path(
            "IMGPROXY_LOCAL_FILESYSTEM_ROOT", "images",
            "Files are opened below it, and links that lead out of it are not followed."),
        Row.seconds(
            "IMGPROXY_DOWNLOAD_TIMEOUT", ["sources.timeout", "sources.answer_timeout"], .result,
            "Without the variable imgproxy waits 5 s for all; Glovebox by itself 5 s for all and 3 s "
                + "for the head of an answer (sources.answer_timeout), for which 5s is written then. A "
                + "connection has to stand after sources.connect_timeout, 3 s."
        ).unset { _ in
            .changed(
                [Written("sources.answer_timeout", "5s")],
                "It is not set: imgproxy waits 5 s for a source, Glovebox by itself 3 s for the head "
                    + "of its answer.")
        },
        Row(
            ["IMGPROXY_MAX_REDIRECTS"], ["sources.redirects"], .result,
            "At most 10, and each is checked anew. Without the variable 10 is written, imgproxy's "
                + "default; Glovebox by itself follows 3."
        ) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            guard value <= 10 else {
                return .unsupported(
                    "More than 10 are not followed.", writing: [Written("sources.redirects", "10")])
            }
            return .taken([Written("sources.redirects", "\(value)")])
        }.unset { _ in
            .taken(
                [Written("sources.redirects", "10")],
                note: "It is not set: imgproxy follows 10 redirects, Glovebox by itself 3.")
        },
        Row(
            ["IMGPROXY_USER_AGENT"], ["sources.user_agent"], .operation,
            "%current_version becomes glovebox."
        ) { text, _ in
            let written = Written(
                "sources.user_agent", text.replacing("%current_version", with: "glovebox"))
            return text.contains("%current_version")
                ? .changed([written], "%current_version is imgproxy's; here it is glovebox.")
                : .taken([written])
        },
        Row(
            ["IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES"], ["sources.addresses"], .result,
            "imgproxy reaches private addresses unless told otherwise; here they are named."
        ) { text, _ in
            guard let value = GoValue.bool(text) else { return .neither }
            guard value else { return .taken([], note: "It is so here.") }
            return .changed(
                [Written("sources.addresses", privateBlocks)],
                "Leave those blocks alone that your sources are in, and remove the others.")
        }.unset { _ in
            .changed(
                [],
                "It is not set: imgproxy reaches private addresses unless told otherwise. Here name "
                    + "those that your sources have: sources.addresses: 10.1.2.0/24.")
        },
        Row(["IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES"], ["sources.addresses"], .result) {
            text, _ in
            guard let value = GoValue.bool(text) else { return .neither }
            return value
                ? .taken([Written("sources.addresses", loopbackBlocks)])
                : .taken([], note: "It is so here.")
        },
        .fixed(
            "IMGPROXY_ALLOW_LINK_LOCAL_SOURCE_ADDRESSES", false, .security,
            "A cloud's metadata and its passwords are at such an address, so they are not opened all "
                + "together. Name those that you need: sources.addresses: 169.254.7.0/24."),
        .fixed(
            "IMGPROXY_IGNORE_SSL_VERIFICATION", false, .security,
            "Certificates are always checked. Name the file of those that you made: "
                + "sources.certificates."),
        .absent(
            ["IMGPROXY_COOKIE_PASSTHROUGH", "IMGPROXY_COOKIE_PASSTHROUGH_ALL"], .result,
            "Sources are sent no cookies."),
        .absent(["IMGPROXY_COOKIE_BASE_URL"], .operation, "Sources are sent no cookies."),
        .absent(
            ["IMGPROXY_CUSTOM_REQUEST_HEADERS", "IMGPROXY_REQUEST_HEADERS_PASSTHROUGH"], .result,
            "Sources are sent no fields of yours or of your clients."),
        .absent(
            ["IMGPROXY_CLIENT_KEEP_ALIVE_TIMEOUT"], .operation,
            "Each request to a source has a connection of its own."),
        .absent(
            ["IMGPROXY_USE_GCS", "IMGPROXY_GCS_KEY"], .result,
            "Buckets are read by the S3 interface alone. Google's have one too: s3.endpoint, with "
                + "HMAC keys."),
        .absent(
            ["IMGPROXY_USE_ABS", "IMGPROXY_ABS_KEY"], .result,
            "Azure's storage is not read."),
        .absent(
            ["IMGPROXY_USE_SWIFT"], .result,
            "Swift's own interface is not read; most installations have that of S3 too: s3.endpoint."
        ),
        .absent(
            ["IMGPROXY_GCS_*", "IMGPROXY_ABS_*", "IMGPROXY_SWIFT_*", "IMGRPOXY_SWIFT_*"],
            .operation, "It belongs to sources that are not read."),
    ]

    static let buckets: [Row] = [
        Row(
            ["IMGPROXY_USE_S3"], [], .result,
            "Buckets are read where s3.access_key and s3.secret_key are set."
        ) { text, context in
            guard let value = GoValue.bool(text) else { return .neither }
            guard value else { return .taken([], note: "The variables of S3 are passed over.") }
            guard context.values["AWS_ACCESS_KEY_ID"] != nil else {
                return .unsupported(
                    "There is no AWS_ACCESS_KEY_ID here, and keys are asked of no service. Set "
                        + "GLOVEBOX_S3_ACCESS_KEY and GLOVEBOX_S3_SECRET_KEY.")
            }
            return .taken([], note: "s3.access_key and s3.secret_key turn it on.")
        },
        bucketText("AWS_ACCESS_KEY_ID", "s3.access_key"),
        bucketText("AWS_SECRET_ACCESS_KEY", "s3.secret_key"),
        bucketText("AWS_SESSION_TOKEN", "s3.session_token"),
        bucketText("IMGPROXY_S3_REGION", "s3.region"),
        bucketText("AWS_REGION", "s3.region").yielding(to: "IMGPROXY_S3_REGION"),
        bucketText("AWS_DEFAULT_REGION", "s3.region").yielding(to: "IMGPROXY_S3_REGION"),
        bucketText("IMGPROXY_S3_ENDPOINT", "s3.endpoint"),
        Row(["IMGPROXY_S3_ENDPOINT_USE_PATH_STYLE"], ["s3.path_style"], .result) { text, context in
            guard let value = GoValue.bool(text) else { return .neither }
            return context.readsBuckets
                ? .taken([Written("s3.path_style", "\(value)")]) : .withoutS3
        },
        Row(
            ["IMGPROXY_S3_ALLOWED_BUCKETS", "IMGPROXY_S3_DENIED_BUCKETS"], ["sources.allowed"],
            .security,
            "Each bucket that may be read is a pattern, such as s3://bucket/. Denied ones alone cannot "
                + "be said: then no bucket is read that IMGPROXY_ALLOWED_SOURCES does not name."
        ) { _, context in
            guard context.readsBuckets else { return .withoutS3 }
            guard context.values["IMGPROXY_ALLOWED_SOURCES"] == nil else {
                return .taken([], note: "IMGPROXY_ALLOWED_SOURCES has it.")
            }
            let allowed = listed("IMGPROXY_S3_ALLOWED_BUCKETS", context)
            let sources = ImportedSources(
                list: nil, buckets: allowed,
                denied: listed("IMGPROXY_S3_DENIED_BUCKETS", context) ?? [])
            let written = [Written("sources.allowed", sources.patterns.joined(separator: ","))]
            guard allowed == nil else { return .taken(written) }
            return .unsupported(
                "All buckets but some cannot be said, so none is read. Name those that may be, as "
                    + "s3://bucket/ in sources.allowed.", writing: written)
        },
        .absent(
            ["IMGPROXY_S3_ASSUME_ROLE_ARN"], .result,
            "Roles are not assumed. Have their keys made elsewhere, and set them."),
        .absent(["IMGPROXY_S3_ASSUME_ROLE_EXTERNAL_ID"], .operation, "Roles are not assumed."),
        .absent(
            ["IMGPROXY_S3_ACCESS_POINTS"], .result,
            "Access points have no names. Name the bucket itself; signed.replacements can do so."),
        .absent(
            ["IMGPROXY_S3_MULTI_REGION"], .result, "All buckets are of one region: s3.region."),
        .absent(
            ["IMGPROXY_S3_USE_DECRYPTION_CLIENT", "IMGPROXY_S3_DECRYPTION_CLIENT_ENABLED"], .result,
            "Objects are read as they are, and not decrypted."),
        .absent(
            [
                "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_ROLE_ARN",
                "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_*",
            ], .result,
            "Keys are taken from s3.access_key and s3.secret_key alone."),
    ]

    private static let privateBlocks = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
    private static let loopbackBlocks = "127.0.0.0/8,::1/128"

    /// The blocks of `sources.addresses` that other variables write.
    private static func permittedBlocks(_ context: ImportContext) -> [NetworkBlock] {
        [
            ("IMGPROXY_ALLOW_PRIVATE_SOURCE_ADDRESSES", privateBlocks),
            ("IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES", loopbackBlocks),
        ].filter { context.isOn($0.0) }.flatMap { ImportedSources.parts($0.1) }
            .compactMap(NetworkBlock.init)
    }

    private static func bucketText(_ name: String, _ key: String) -> Row {
        Row([name], [key], .result, "Where IMGPROXY_USE_S3 is true.") { text, context in
            context.readsBuckets ? .taken([Written(key, text)]) : .withoutS3
        }
    }

    private static func listed(_ name: String, _ context: ImportContext) -> [String]? {
        guard context.readsBuckets, let text = context.values[name] else { return nil }
        return ImportedSources.parts(text).filter { !$0.isEmpty }
    }
}

extension ImgproxyVariable.Translation {
    fileprivate static let withoutS3 = Self.taken([], note: "IMGPROXY_USE_S3 is not true.")
}
