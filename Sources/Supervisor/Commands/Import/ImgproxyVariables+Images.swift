import ImageVocabulary
import RequestSyntax

extension ImgproxyVariables {
    static let formats: [Row] = [
        negotiated("IMGPROXY_AUTO_JXL", "result.auto", "jxl"),
        negotiated("IMGPROXY_AUTO_AVIF", "result.auto", "avif"),
        negotiated("IMGPROXY_ENABLE_AVIF_DETECTION", "result.auto", "avif")
            .yielding(to: "IMGPROXY_AUTO_AVIF"),
        negotiated("IMGPROXY_AUTO_WEBP", "result.auto", "webp"),
        negotiated("IMGPROXY_ENABLE_WEBP_DETECTION", "result.auto", "webp")
            .yielding(to: "IMGPROXY_AUTO_WEBP"),
        negotiated("IMGPROXY_ENFORCE_JXL", "result.enforce", "jxl"),
        negotiated("IMGPROXY_ENFORCE_AVIF", "result.enforce", "avif"),
        negotiated("IMGPROXY_ENFORCE_WEBP", "result.enforce", "webp"),
        .flag("IMGPROXY_ENABLE_CLIENT_HINTS", "result.client_hints"),
        Row(
            ["IMGPROXY_PREFERRED_FORMATS"], ["result.preferred"], .result,
            "Formats that are not written here are left out. Without the variable jpeg,png,gif is "
                + "written, imgproxy's default."
        ) { text, _ in
            list(text, "result.preferred", of: ImageFormat.outputs)
        }.unset { _ in
            .taken(
                [Written("result.preferred", "jpeg,png,gif")],
                note: "It is not set, and this is imgproxy's default.")
        },
        Row(
            ["IMGPROXY_SKIP_PROCESSING_FORMATS"], ["result.skip"], .result,
            "Formats that are not read here are left out."
        ) { text, _ in
            list(text, "result.skip", of: ImageFormat.allCases)
        },
    ]

    private static func negotiated(_ name: String, _ key: String, _ format: String) -> Row {
        Row([name], [key], .result) { text, _ in
            guard let value = GoValue.bool(text) else { return .neither }
            return value
                ? .taken([Written(key, format)]) : .taken([], note: "It is so here.")
        }
    }

    private static func list(
        _ text: String, _ key: String, of formats: [ImageFormat]
    ) -> ImgproxyVariable.Translation {
        let names = ImportedSources.parts(text).filter { !$0.isEmpty }
        let known = names.filter { name in
            ImageFormat(name: name).map(formats.contains) == true
        }
        let written =
            known.isEmpty ? [] : [Written(key, known.joined(separator: ","))]
        let missing = names.filter { !known.contains($0) }
        guard missing.isEmpty else {
            let list = missing.map(ConfigurationProblem.quoted).joined(separator: ", ")
            return .unsupported("There are no such formats here: \(list).", writing: written)
        }
        return .taken(written)
    }

    static let images: [Row] = [
        Row(["IMGPROXY_WATERMARK_DATA"], ["watermark.data"], .result, inFile) { text, _ in
            data(text, "watermark")
        },
        Row.path("IMGPROXY_WATERMARK_PATH", "watermark.path")
            .yielding(to: "IMGPROXY_WATERMARK_DATA"),
        Row.absent(
            ["IMGPROXY_WATERMARK_URL"], .result, "Fetch the image, and name it: watermark.path."
        )
        .yielding(to: "IMGPROXY_WATERMARK_PATH"),
        Row(["IMGPROXY_WATERMARK_OPACITY"], ["watermark.opacity"], .result) { text, _ in
            guard let value = GoValue.decimal(text) else { return .noNumber }
            // Doubles below a ten-thousandth are printed with an exponent, and show nothing.
            return .taken([Written("watermark.opacity", value < 0.000_1 ? "0" : "\(value)")])
        },
        Row(["IMGPROXY_FALLBACK_IMAGE_DATA"], ["fallback.data"], .result, inFile) { text, _ in
            data(text, "fallback")
        },
        Row.path("IMGPROXY_FALLBACK_IMAGE_PATH", "fallback.path")
            .yielding(to: "IMGPROXY_FALLBACK_IMAGE_DATA"),
        Row.absent(
            ["IMGPROXY_FALLBACK_IMAGE_URL"], .result,
            "Fetch the image, and name it: fallback.path."
        ).yielding(to: "IMGPROXY_FALLBACK_IMAGE_PATH"),
        .number("IMGPROXY_FALLBACK_IMAGE_HTTP_CODE", "fallback.status", .result),
        .absent(
            ["IMGPROXY_FALLBACK_IMAGE_TTL"], .operation,
            "Caches are told to keep no fallback image: the right one may be there a moment later."),
        .absent(
            ["IMGPROXY_WATERMARKS_CACHE_SIZE", "IMGPROXY_FALLBACK_IMAGES_CACHE_SIZE"], .operation,
            "Images that URLs name are fetched each time."),
        .absent(
            ["IMGPROXY_WATERMARK_PREPROCESS_URL", "IMGPROXY_FALLBACK_IMAGE_PREPROCESS_URL"],
            .result,
            "watermark_url and fallback_image_url hold whole addresses."),
    ]

    private static let inFile = "Of some 100 kB at most; write a larger one to a file."

    private static func data(_ text: String, _ section: String) -> ImgproxyVariable.Translation {
        guard text.utf8.count <= 128 << 10 else {
            return .unsupported(
                "It is too large for a configuration. Decode it to a file, and name that: "
                    + "\(section).path.")
        }
        return .taken([Written("\(section).data", text)])
    }

    static let limits: [Row] = [
        .limit(
            "IMGPROXY_MAX_SRC_RESOLUTION", "max_pixels", times: 1_000_000, within: .pixels,
            "At most the 50 megapixels of the shipped policies."),
        Row.limit(
            "IMGPROXY_MAX_SRC_FILE_SIZE", "max_input_bytes", within: .inputBytes,
            "At most the 50 MiB of the shipped policies, which hold without the variable too; "
                + "imgproxy then has no limit."
        ).unset { _ in
            .changed(
                [],
                "It is not set: imgproxy takes sources of any size, Glovebox those of at most "
                    + "50 MiB (limits: inputBytes in the policy file).")
        },
        Row(
            ["IMGPROXY_MAX_ANIMATION_FRAMES"], ["max_frames"], .security,
            "At most the 1000 frames of the shipped policies."
        ) { text, _ in
            guard let value = GoValue.number(text) else { return .noNumber }
            let most = ShippedLimit.frames.most
            let written = [Written("max_frames", "\(min(value, most))")]
            return value > most ? ShippedLimit.frames.exceeded(writing: written) : .taken(written)
        },
        .limit(
            "IMGPROXY_MAX_ANIMATION_FRAME_RESOLUTION", "max_frame_pixels", times: 1_000_000,
            "All frames together keep the limit of max_pixels, which imgproxy then gives up."),
        .limit(
            "IMGPROXY_MAX_RESULT_DIMENSION", "max_result_side",
            "Results keep the policy's limits."),
        .absent(
            ["IMGPROXY_MAX_SVG_CHECK_BYTES"], .operation, neutral: ["32768"],
            "How far a file is looked at is not set."),
        .absent(
            ["IMGPROXY_PNG_UNLIMITED", "IMGPROXY_SVG_UNLIMITED", "IMGPROXY_TIFF_UNLIMITED"],
            .result,
            "The limits of decoders stay."),
    ]
}
