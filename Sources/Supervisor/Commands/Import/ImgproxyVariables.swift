import RequestSyntax

/// Every variable that imgproxy reads, in versions 3 and 4, open-source and Pro, and what becomes of it.
///
/// From the configuration page of its documentation and the tables at the head of its packages'
/// configuration (versions 3.19 to 4.1).
enum ImgproxyVariables {
    /// In the order in which they are told.
    static let groups: [(title: String, rows: [ImgproxyVariable])] = [
        ("Signed URLs", signing), ("Requests", requests), ("Presets", presets),
        ("Sources", sources), ("Buckets", buckets), ("Results", results),
        ("Formats of results", formats), ("Watermark and fallback image", images),
        ("Limits", limits), ("Server", server), ("Answers", answers),
        ("Monitoring", monitoring), ("imgproxy Pro", pro), ("Inside imgproxy", inside),
    ]

    static let all = groups.flatMap(\.rows)

    static let names = all.flatMap(\.names)

    typealias Row = ImgproxyVariable
    typealias Written = ImgproxyVariable.Written

    private static let signing: [Row] = [
        Row.text("IMGPROXY_KEY", "key", .security)
            .unset { _ in
                .unsupported(
                    "It is not set, and imgproxy then serves what anybody asks for. Nothing is "
                        + "served unsigned here: set GLOVEBOX_KEY and GLOVEBOX_SALT, for example to "
                        + "what 'glovebox sign --new-pair' prints, and sign URLs.")
            },
        .text("IMGPROXY_SALT", "salt", .security),
        .number("IMGPROXY_SIGNATURE_SIZE", "signed.signature_size", .security),
        .text("IMGPROXY_TRUSTED_SIGNATURES", "signed.trusted", .result),
        .text("IMGPROXY_SECRET", "signed.bearer", .security),
        Row(
            ["IMGPROXY_PATH_PREFIX"], ["signed.prefix"], .result,
            "With a slash before it and none behind it, as there."
        ) { text, _ in
            var path = text.prefix { $0 != "?" && $0 != "#" }
            if path.last == "/" { path.removeLast() }
            guard !path.isEmpty else { return .taken([], note: "It is empty.") }
            return .taken([Written("signed.prefix", path.first == "/" ? "\(path)" : "/\(path)")])
        },
        .absent(
            ["IMGPROXY_SOURCE_URL_ENCRYPTION_KEY"], .result,
            "URLs with /enc/ are not read: their sources have to be signed, and not encrypted."),
    ]

    private static let requests: [Row] = [
        .text(
            "IMGPROXY_ARGUMENTS_SEPARATOR", "signed.separator", .result,
            "One character; imgproxy takes longer texts."),
        .flag("IMGPROXY_BASE64_URL_INCLUDES_FILENAME", "signed.file_names"),
        Row(
            ["IMGPROXY_ALLOWED_PROCESSING_OPTIONS"], ["options.allowed"], .security,
            "Names of options that there are not are left out."
        ) { text, _ in
            let known = Set(ProcessingOption.all.flatMap(\.names))
            let names = ImportedSources.parts(text).filter { !$0.isEmpty }
            let unknown = names.filter { !known.contains($0) }
            let rest = names.filter(known.contains)
            // Without any, all would be allowed; this one changes no result.
            let written = [
                Written(
                    "options.allowed",
                    (rest.isEmpty ? ["cachebuster"] : rest).joined(separator: ","))
            ]
            guard unknown.isEmpty else {
                let list = unknown.map(ConfigurationProblem.quoted).joined(separator: ", ")
                return .changed(
                    written, "There are no such options, and they are left out: \(list).")
            }
            return rest.isEmpty ? .taken([], note: "It is empty, and all are.") : .taken(written)
        },
        .flag("IMGPROXY_ALLOW_SECURITY_OPTIONS", "options.limits", .result, atMostThePolicy),
        .absent(
            ["IMGPROXY_MAX_CHAINED_PIPELINES"], .operation, "There are no chained pipelines."),
    ]

    private static let presets: [Row] = [
        Row(["IMGPROXY_PRESETS"], ["options.presets"], .result) { _, context in
            ImportedPresets(definitions(context), beside: [], separator: context.separator)
                .translation
        },
        Row(
            ["IMGPROXY_PRESETS_PATH"], ["options.presets"], .result,
            "The file is read now, and its presets are written into the configuration."
        ) { path, context in
            let lines: [String]
            do throws(SmallFile.Failure) {
                let file = try SmallFile.read(path, limit: StrictYAML.largestFile)
                lines = String(decoding: file.bytes, as: UTF8.self)
                    .split(whereSeparator: \.isNewline).map { "\($0)" }
                    .filter { !$0.drop(while: \.isWhitespace).hasPrefix("#") }
            } catch {
                let name = ConfigurationProblem.quoted(path)
                return .unsupported(
                    "The file \(name) cannot be read here: \(error.reason). Start this command where "
                        + "it can be.")
            }
            let separator = context.separator
            let own = ImportedPresets(definitions(context), beside: [], separator: separator)
            return ImportedPresets(lines, beside: own.presets, separator: separator).translation
        },
        Row(
            ["IMGPROXY_PRESETS_SEPARATOR"], [], .operation, "Presets are written with commas here."
        ) { _, _ in .taken([], note: "The presets are written with commas.") },
        .flag("IMGPROXY_ONLY_PRESETS", "options.only_presets", .security),
    ]

    private static func definitions(_ context: ImportContext) -> [String] {
        guard let text = context.values["IMGPROXY_PRESETS"] else { return [] }
        let separator = context.values["IMGPROXY_PRESETS_SEPARATOR"] ?? ","
        return text.split(separator: separator).map { "\($0)" }
    }

    private static let results: [Row] = [
        .number("IMGPROXY_QUALITY", "result.quality", .result),
        Row(
            ["IMGPROXY_FORMAT_QUALITY"], ["result.format_quality"], .result,
            "Formats that the list does not name have IMGPROXY_QUALITY, as in imgproxy 4; in "
                + "imgproxy 3 webp, avif and jxl keep 79, 63 and 77."
        ) { text, _ in
            let missing = ["webp", "avif", "jxl"].filter { !text.contains($0) }
            let written = [Written("result.format_quality", text)]
            guard !missing.isEmpty else { return .taken(written) }
            return .changed(
                written,
                "\(missing.joined(separator: ", ")): IMGPROXY_QUALITY holds, as in imgproxy 4; imgproxy "
                    + "3 keeps webp=79, avif=63 and jxl=77.")
        },
        progressive("IMGPROXY_JPEG_PROGRESSIVE", other: "IMGPROXY_PNG_INTERLACED"),
        progressive("IMGPROXY_PNG_INTERLACED", other: "IMGPROXY_JPEG_PROGRESSIVE"),
        Row(["IMGPROXY_PNG_QUANTIZE"], ["result.palette"], .result) { text, context in
            guard let isOn = GoValue.bool(text) else { return .neither }
            guard isOn else { return .taken([Written("result.palette", "0")]) }
            let colors = context.values["IMGPROXY_PNG_QUANTIZATION_COLORS"] ?? "256"
            return .taken([Written("result.palette", colors)])
        },
        Row(
            ["IMGPROXY_PNG_QUANTIZATION_COLORS"], ["result.palette"], .result,
            "Where IMGPROXY_PNG_QUANTIZE is true."
        ) { _, context in
            context.isOn("IMGPROXY_PNG_QUANTIZE")
                ? .taken([], note: "IMGPROXY_PNG_QUANTIZE has it.")
                : .taken([], note: "IMGPROXY_PNG_QUANTIZE is not true.")
        },
        encoder("IMGPROXY_WEBP_EFFORT", "4"), encoder("IMGPROXY_AVIF_SPEED", "8"),
        encoder("IMGPROXY_JXL_EFFORT", "4"), encoder("IMGPROXY_WEBP_PRESET", "default"),
        .flag("IMGPROXY_STRIP_METADATA", "result.strip_metadata"),
        .flag("IMGPROXY_KEEP_COPYRIGHT", "result.keep_copyright"),
        .flag("IMGPROXY_STRIP_COLOR_PROFILE", "result.strip_color_profile"),
        .flag("IMGPROXY_AUTO_ROTATE", "result.auto_rotate"),
        .flag("IMGPROXY_ENFORCE_THUMBNAIL", "result.enforce_thumbnail"),
        .flag("IMGPROXY_RETURN_ATTACHMENT", "result.attachment"),
        .absent(
            ["IMGPROXY_PRESERVE_HDR"], .result,
            "Write the option preserve_hdr:1 into the preset default."),
        Row(
            ["IMGPROXY_ALWAYS_RASTERIZE_SVG"], [], .result,
            "An SVG is drawn, unless the URL asks for the format svg."
        ) { text, _ in
            guard let value = GoValue.bool(text) else { return .neither }
            return value ? .taken([], note: "It is so here.") : .changed([], drawings)
        }.unset { _ in .changed([], drawings) },
        .fixed(
            "IMGPROXY_SANITIZE_SVG", true, .result,
            "A drawing that is asked for as svg is always cleaned."),
        .absent(
            ["IMGPROXY_USE_LINEAR_COLORSPACE"], .result,
            "Images are scaled in the colours that they have."),
        .absent(
            ["IMGPROXY_DISABLE_SHRINK_ON_LOAD"], .operation,
            "Decoders may deliver a smaller image."),
    ]

    private static let drawings =
        "imgproxy hands out an SVG as it is where no format is asked for; here it is drawn, unless "
        + "the URL asks for the format svg."

    private static func progressive(_ name: String, other: String) -> Row {
        Row([name], ["result.progressive"], .result, "One setting is for JPEG and PNG.") {
            text, context in
            guard let value = GoValue.bool(text) else { return .neither }
            let isBoth = value || context.isOn(other)
            let written = [Written("result.progressive", "\(isBoth)")]
            guard context.isOn(other) != value else { return .taken(written) }
            return .changed(
                written, "JPEG becomes progressive and PNG interlaced, both or neither.")
        }
    }

    /// An encoder's effort, which is imgproxy's default here.
    private static func encoder(_ name: String, _ standard: String) -> Row {
        .absent(
            [name], .operation, neutral: [standard],
            "Encoders are set to \(standard), imgproxy's default. Results may be larger or smaller."
        )
    }

    static let atMostThePolicy = "The policy's limits hold all the same."
}
