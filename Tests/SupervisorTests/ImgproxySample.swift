/// A variable of imgproxy with a value, and the settings that come of it.
struct ImgproxySample {
    let name: String
    let value: String
    /// Variables that have to be there too.
    let beside: [String: String]
    let written: [String: String]

    init(
        _ name: String, _ value: String, _ beside: [String: String], _ written: [String: String]
    ) {
        self.name = name
        self.value = value
        self.beside = beside
        self.written = written
    }

    static let all = samples + furtherSamples

    /// One value for variables that several settings or conditions come from, and what is written.
    static let samples: [Self] = [
        Self("IMGPROXY_KEY", "0a0b,0c0d", ["IMGPROXY_SALT": "01,02"], ["key": "0a0b,0c0d"]),
        Self("IMGPROXY_SALT", "01", [:], ["salt": "01"]),
        Self("IMGPROXY_SIGNATURE_SIZE", "8", [:], ["signed.signature_size": "8"]),
        Self("IMGPROXY_TRUSTED_SIGNATURES", "one,two", [:], ["signed.trusted": "one,two"]),
        Self("IMGPROXY_SECRET", "s3cret", [:], ["signed.bearer": "s3cret"]),
        Self("IMGPROXY_PATH_PREFIX", "abc/def/", [:], ["signed.prefix": "/abc/def"]),
        Self("IMGPROXY_ARGUMENTS_SEPARATOR", ",", [:], ["signed.separator": ","]),
        Self("IMGPROXY_BASE64_URL_INCLUDES_FILENAME", "1", [:], ["signed.file_names": "true"]),
        Self("IMGPROXY_ALLOWED_PROCESSING_OPTIONS", "rs,w", [:], ["options.allowed": "rs,w"]),
        Self("IMGPROXY_ALLOW_SECURITY_OPTIONS", "true", [:], ["options.limits": "true"]),
        Self(
            "IMGPROXY_PRESETS", "a=w:1|b=pr:a", ["IMGPROXY_PRESETS_SEPARATOR": "|"],
            ["options.presets": "a=w:1,b=pr:a"]
        ),
        Self(
            "IMGPROXY_ONLY_PRESETS", "t", ["IMGPROXY_PRESETS": "a=w:1"],
            ["options.only_presets": "true"]
        ),
        Self(
            "IMGPROXY_ALLOWED_SOURCES", "https://a.example:8443/", [:],
            ["sources.allowed": "https://a.example:8443/", "sources.ports": "8443"]
        ),
        Self(
            "IMGPROXY_BASE_URL", "https://a.example/x", [:],
            ["signed.base_url": "https://a.example/x"]
        ),
        Self(
            "IMGPROXY_URL_REPLACEMENTS", "a://*=b://${1}", [:],
            ["signed.replacements": "^a://([^/]*)=b://${1}"]
        ),
        Self("IMGPROXY_LOCAL_FILESYSTEM_ROOT", "/images", [:], ["images": "/images"]),
        Self(
            "IMGPROXY_DOWNLOAD_TIMEOUT", "7", [:],
            ["sources.timeout": "7s", "sources.answer_timeout": "7s"]
        ),
        Self("IMGPROXY_MAX_REDIRECTS", "4", [:], ["sources.redirects": "4"]),
        Self("IMGPROXY_USER_AGENT", "Fetcher", [:], ["sources.user_agent": "Fetcher"]),
        Self(
            "IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES", "true", [:],
            ["sources.addresses": "127.0.0.0/8,::1/128"]
        ),
        Self("IMGPROXY_QUALITY", "70", [:], ["result.quality": "70"]),
        Self(
            "IMGPROXY_FORMAT_QUALITY", "webp=70,avif=50,jxl=60", [:],
            ["result.format_quality": "webp=70,avif=50,jxl=60"]
        ),
        Self(
            "IMGPROXY_JPEG_PROGRESSIVE", "true", ["IMGPROXY_PNG_INTERLACED": "true"],
            ["result.progressive": "true"]
        ),
        Self(
            "IMGPROXY_PNG_QUANTIZE", "true", ["IMGPROXY_PNG_QUANTIZATION_COLORS": "64"],
            ["result.palette": "64"]
        ),
        Self("IMGPROXY_STRIP_METADATA", "false", [:], ["result.strip_metadata": "false"]),
        Self("IMGPROXY_KEEP_COPYRIGHT", "false", [:], ["result.keep_copyright": "false"]),
        Self("IMGPROXY_STRIP_COLOR_PROFILE", "false", [:], ["result.strip_color_profile": "false"]),
        Self("IMGPROXY_AUTO_ROTATE", "false", [:], ["result.auto_rotate": "false"]),
        Self("IMGPROXY_ENFORCE_THUMBNAIL", "true", [:], ["result.enforce_thumbnail": "true"]),
        Self("IMGPROXY_RETURN_ATTACHMENT", "true", [:], ["result.attachment": "true"]),
    ]

    static let furtherSamples: [Self] = [
        Self("IMGPROXY_AUTO_JXL", "true", [:], ["result.auto": "jxl"]),
        Self("IMGPROXY_AUTO_AVIF", "true", [:], ["result.auto": "avif"]),
        Self("IMGPROXY_ENABLE_AVIF_DETECTION", "true", [:], ["result.auto": "avif"]),
        Self(
            "IMGPROXY_AUTO_WEBP", "true", ["IMGPROXY_AUTO_AVIF": "1"],
            ["result.auto": "avif,webp"]
        ),
        Self("IMGPROXY_ENABLE_WEBP_DETECTION", "true", [:], ["result.auto": "webp"]),
        Self("IMGPROXY_ENFORCE_JXL", "true", [:], ["result.enforce": "jxl"]),
        Self("IMGPROXY_ENFORCE_AVIF", "true", [:], ["result.enforce": "avif"]),
        Self("IMGPROXY_ENFORCE_WEBP", "true", [:], ["result.enforce": "webp"]),
        Self("IMGPROXY_ENABLE_CLIENT_HINTS", "true", [:], ["result.client_hints": "true"]),
        Self("IMGPROXY_PREFERRED_FORMATS", "webp,png", [:], ["result.preferred": "webp,png"]),
        Self("IMGPROXY_SKIP_PROCESSING_FORMATS", "svg,gif", [:], ["result.skip": "svg,gif"]),
        Self("IMGPROXY_WATERMARK_DATA", "aGk=", [:], ["watermark.data": "aGk="]),
        Self("IMGPROXY_WATERMARK_PATH", "/w.png", [:], ["watermark.path": "/w.png"]),
        Self("IMGPROXY_WATERMARK_OPACITY", "5e-1", [:], ["watermark.opacity": "0.5"]),
        Self("IMGPROXY_FALLBACK_IMAGE_DATA", "aGk=", [:], ["fallback.data": "aGk="]),
        Self("IMGPROXY_FALLBACK_IMAGE_PATH", "/f.png", [:], ["fallback.path": "/f.png"]),
        Self("IMGPROXY_FALLBACK_IMAGE_HTTP_CODE", "0", [:], ["fallback.status": "0"]),
        Self("IMGPROXY_MAX_SRC_RESOLUTION", "16.8", [:], ["max_pixels": "16800000"]),
        Self("IMGPROXY_MAX_SRC_FILE_SIZE", "1000000", [:], ["max_input_bytes": "1000000"]),
        Self("IMGPROXY_MAX_ANIMATION_FRAMES", "10", [:], ["max_frames": "10"]),
        Self("IMGPROXY_MAX_ANIMATION_FRAME_RESOLUTION", "2", [:], ["max_frame_pixels": "2000000"]),
        Self("IMGPROXY_MAX_RESULT_DIMENSION", "4000", [:], ["max_result_side": "4000"]),
        Self("IMGPROXY_BIND", ":9000", [:], ["listen": "0.0.0.0:9000"]),
        Self("IMGPROXY_TIMEOUT", "12", [:], ["timeout": "12s"]),
        Self("IMGPROXY_WRITE_TIMEOUT", "13", [:], ["timeout": "13s"]),
        Self("IMGPROXY_READ_REQUEST_TIMEOUT", "5", [:], ["http.header_timeout": "5s"]),
        Self("IMGPROXY_READ_TIMEOUT", "5", [:], ["http.header_timeout": "5s"]),
        Self("IMGPROXY_WRITE_RESPONSE_TIMEOUT", "5", [:], ["http.write_timeout": "5s"]),
        Self("IMGPROXY_KEEP_ALIVE_TIMEOUT", "5", [:], ["http.idle_timeout": "5s"]),
        Self("IMGPROXY_GRACEFUL_STOP_TIMEOUT", "5", [:], ["drain_timeout": "5s"]),
        Self("IMGPROXY_WORKERS", "5", [:], ["workers": "5"]),
        Self("IMGPROXY_CONCURRENCY", "6", [:], ["workers": "6"]),
        Self("IMGPROXY_REQUESTS_QUEUE_SIZE", "5", [:], ["queue": "5"]),
        Self("IMGPROXY_MAX_CLIENTS", "500", [:], ["http.connections": "500"]),
        Self("IMGPROXY_LOG_LEVEL", "error", [:], ["log_level": "error"]),
        Self("IMGPROXY_LOG_FORMAT", "json", [:], ["log_format": "json"]),
        Self("IMGPROXY_TTL", "3600", [:], ["signed.max_age": "3600s"]),
        Self("IMGPROXY_CACHE_CONTROL_PASSTHROUGH", "true", [:], ["signed.cache_control": "true"]),
        Self("AWS_ACCESS_KEY_ID", "AKIA", buckets, ["s3.access_key": "AKIA"]),
        Self("AWS_SECRET_ACCESS_KEY", "k/e+y", buckets, ["s3.secret_key": "k/e+y"]),
        Self("AWS_SESSION_TOKEN", "tok", buckets, ["s3.session_token": "tok"]),
        Self("IMGPROXY_S3_REGION", "eu-west-1", buckets, ["s3.region": "eu-west-1"]),
        Self("AWS_REGION", "eu-west-1", buckets, ["s3.region": "eu-west-1"]),
        Self("AWS_DEFAULT_REGION", "eu-west-1", buckets, ["s3.region": "eu-west-1"]),
        Self(
            "IMGPROXY_S3_ENDPOINT", "https://minio.example", buckets,
            ["s3.endpoint": "https://minio.example"]
        ),
        Self("IMGPROXY_S3_ENDPOINT_USE_PATH_STYLE", "false", buckets, ["s3.path_style": "false"]),
        Self(
            "IMGPROXY_S3_ALLOWED_BUCKETS", "one", buckets,
            ["sources.allowed": "http://*/,https://*/,local:///,s3://one/"]
        ),
    ]

    private static let buckets = [
        "IMGPROXY_USE_S3": "true", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "k/e+y",
    ]
}
