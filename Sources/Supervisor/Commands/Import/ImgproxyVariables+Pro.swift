extension ImgproxyVariables {
    static let pro: [Row] = [
        .absent(
            [
                "IMGPROXY_INFO_PRESETS", "IMGPROXY_INFO_PRESETS_PATH", "IMGPROXY_INFO_ONLY_PRESETS",
                "IMGPROXY_ALLOWED_INFO_OPTIONS",
            ], .operation, "There is no signed /info. Facts about images are at /v1/info."),
        .absent(
            ["IMGPROXY_AUTOQUALITY_METHOD"], .result,
            "Quality is not searched for. max_bytes does so for a size."),
        .absent(["IMGPROXY_AUTOQUALITY_*"], .operation, "Quality is not searched for."),
        .absent(
            ["IMGPROXY_JPEG_NO_SUBSAMPLE", "IMGPROXY_WEBP_SMART_SUBSAMPLE"], .result,
            "Chroma is subsampled as imgproxy's open-source edition does."),
        Row(
            ["IMGPROXY_AVIF_SUBSAMPLE"], [], .result,
            "Chroma is subsampled as imgproxy's open-source edition does."
        ) { text, _ in
            text == "auto"
                ? .taken([], note: "It is so here.")
                : .unsupported("Chroma is subsampled below a quality of 90.")
        },
        .absent(
            ["IMGPROXY_C2PA_ENABLED"], .result,
            "Results carry no manifest of where they come from."),
        .absent(["IMGPROXY_C2PA_*"], .operation, "Results carry no manifest."),
        .absent(
            ["IMGPROXY_WEBP_COMPRESSION"], .result, neutral: ["lossy"], "WebP is lossy."),
        .absent(
            [
                "IMGPROXY_JPEG_TRELLIS_QUANT", "IMGPROXY_JPEG_OVERSHOOT_DERINGING",
                "IMGPROXY_JPEG_OPTIMIZE_SCANS", "IMGPROXY_JPEG_QUANT_TABLE",
            ], .operation, "Encoders have imgproxy's open-source settings."),
        .absent(
            ["IMGPROXY_BEST_FORMAT_BY_DEFAULT"], .result,
            "There is no format best. result.auto chooses by what the client accepts."),
        .absent(["IMGPROXY_BEST_FORMAT_*"], .operation, "There is no format best."),
        .absent(
            [
                "IMGPROXY_UNSHARP_MASKING_MODE", "IMGPROXY_UNSHARPENING_MODE",
                "IMGPROXY_APPLY_UNSHARPEN_MASKING",
            ], .result,
            "Nothing is sharpened unasked; write the option sharpen into the preset default."),
        .absent(
            ["IMGPROXY_UNSHARP_*", "IMGPROXY_UNSHARPENING_*"], .operation,
            "Nothing is sharpened unasked."),
        .absent(
            ["IMGPROXY_SMART_CROP_ADVANCED", "IMGPROXY_SMART_CROP_FACE_DETECTION"], .result,
            "g:sm is libvips's, as in imgproxy's open-source edition; faces are not looked for."),
        .absent(
            ["IMGPROXY_SMART_CROP_ADVANCED_MODE"], .operation, "g:sm is libvips's."),
        .absent(
            ["IMGPROXY_OBJECT_DETECTION_NET", "IMGPROXY_OBJECT_DETECTION_CONFIG"], .result,
            "Objects are not looked for: g:obj and the like are answered with 404."),
        .absent(
            ["IMGPROXY_OBJECT_DETECTION_*", "IMGPROXY_CLASSIFICATION_*", "IMGPROXY_ML_*"],
            .operation,
            "Objects are not looked for."),
        .absent(
            ["IMGPROXY_ENABLE_VIDEO_THUMBNAILS"], .result, "Videos are not read."),
        .absent(
            ["IMGPROXY_VIDEO_*"], .operation, "Videos are not read."),
        .absent(
            ["IMGPROXY_ENABLE_RAW_FORMATS"], .result, "Raw photographs of cameras are not read."),
        .absent(
            ["IMGPROXY_PDF_NO_BACKGROUND"], .result, "Pages of a PDF are drawn on white."),
        .absent(
            ["IMGPROXY_SVG_FIX_UNSUPPORTED"], .result, "An SVG is drawn as it is."),
        .absent(
            ["IMGPROXY_STRIP_METADATA_DPI"], .operation, neutral: ["72", "72.0"],
            "The option dpi sets the dots per inch."),
        .absent(
            ["IMGPROXY_COLOR_PROFILES_DIR"], .result,
            "color_profile knows srgb, p3 and cmyk."),
        .absent(
            ["IMGPROXY_CACHE_*"], .operation,
            "Results are not kept. Put a cache in front; the signature is part of a URL there."),
        .absent(
            ["IMGPROXY_ALLOW_BYPASS_CACHE"], .operation, "There is no cache to be passed by."),
        .absent(["IMGPROXY_LICENSE_*"], .operation, "No licence is asked for."),
    ]

    static let inside: [Row] = [
        .absent(
            [
                "IMGPROXY_ENV_LOCAL_FILE_PATH", "IMGPROXY_ENV_AWS_*", "IMGPROXY_ENV_GCP_*",
            ], .result,
            "More variables are there, and are not read. Give them to this command in one file."),
        .absent(
            [
                "IMGPROXY_DOWNLOAD_BUFFER_SIZE", "IMGPROXY_FREE_MEMORY_INTERVAL",
                "IMGPROXY_BUFFER_POOL_CALIBRATION_THRESHOLD", "IMGPROXY_MALLOC",
                "IMGPROXY_VIPS_*", "IMGPROXY_FAIL_ON_DEPRECATION",
            ], .operation, "It is about imgproxy's own inside."),
    ]
}
