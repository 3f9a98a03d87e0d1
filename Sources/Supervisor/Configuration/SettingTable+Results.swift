import ImageVocabulary

extension SettingTable {
    static let options = SettingGroup(
        title: "Options of requests",
        settings: [
            Setting(
                "options.presets", \.options.presets, .presets.asList(), reloads: true,
                help: "Options under one name, for the option preset. The preset default is what "
                    + "every request begins with; presets may name presets."),
            Setting(
                "options.only_presets", \.options.onlyPresets, .flag, reloads: true,
                help: "Refuse every option but preset."),
            Setting(
                "options.allowed", \.options.allowed,
                .optional(.optionNames.asList(), word: "all", none: "all"), reloads: true,
                help: "Options that requests may write, each name and alias by itself; presets may "
                    + "use any."),
            Setting(
                "options.limits", \.options.limits, .flag, reloads: true,
                help: "Let requests name limits, in the place of those configured here and never "
                    + "beyond those of the policy."),
        ])

    static let results = SettingGroup(
        title: "Results",
        settings: [
            Setting(
                "result.quality", \.results.quality, .number(1...100), reloads: true,
                why: "encoders know no other", help: "Quality where the request names none."),
            Setting(
                "result.format_quality", \.results.formatQuality, .formatQuality.asList(),
                reloads: true,
                why: "encoders know no other",
                help: "The same for single formats, before result.quality."),
            Setting(
                "result.progressive", \.results.progressive, .flag, reloads: true,
                help: "Make JPEG progressive and PNG interlaced."),
            Setting(
                "result.palette", \.results.palette, .paletteColors, reloads: true,
                why: "one colour shows nothing, and a palette has no more",
                help:
                    "Colours of the palette of each PNG; 0 for a palette where the source has one."
            ),
            Setting(
                "result.formats", \.results.formats,
                .optional(
                    .list(of: ImageFormat.outputs, isOptional: false).asList(), word: "all",
                    none: "all"),
                reloads: true,
                help: "Formats that results may have. Where a source has another and none is asked "
                    + "for, the first that can show it. An AVIF under 16 pixels becomes PNG or JPEG "
                    + "all the same."),
            Setting(
                "result.preferred", \.results.preferred, .list(of: ImageFormat.outputs).asList(),
                reloads: true,
                help: "Formats of results where none is asked for: the source's when it is among "
                    + "them, else the first that can show it; none for the source's wherever it is "
                    + "written."),
            Setting(
                "result.auto", \.results.auto, .list(of: ResultSettings.negotiable).asList(),
                reloads: true,
                help: "Formats for clients whose Accept field names them, where none is asked for: "
                    + "JPEG XL before AVIF before WebP."),
            Setting(
                "result.enforce", \.results.enforced, .list(of: ResultSettings.negotiable).asList(),
                reloads: true,
                help: "The same, and in the place of the format that is asked for."),
            Setting(
                "result.client_hints", \.results.clientHints, .flag, reloads: true,
                help: "Take dpr and width from the fields Sec-CH-DPR, DPR, Sec-CH-Width and Width "
                    + "where options do not name them."),
            Setting(
                "result.strip_metadata", \.results.stripMetadata, .flag, reloads: true,
                help: "Drop EXIF, XMP and IPTC data, among them where a photograph was taken."),
            Setting(
                "result.keep_copyright", \.results.keepCopyright, .flag, reloads: true,
                help: "Keep the names of authors and owners when the other data are dropped."),
            Setting(
                "result.strip_color_profile", \.results.stripProfile, .flag, reloads: true,
                help: "Bring colours to sRGB and drop the colour profile."),
            Setting(
                "result.auto_rotate", \.results.autoRotate, .flag, reloads: true,
                help: "Apply the EXIF orientation to the pixels."),
            Setting(
                "result.enforce_thumbnail", \.results.enforceThumbnail, .flag, reloads: true,
                help: "Use an embedded preview of HEIC and AVIF where it is large enough."),
            Setting(
                "result.attachment", \.results.isAttachment, .flag, reloads: true,
                help: "Tell browsers to store results and not to show them."),
            Setting(
                "result.skip", \.results.skipped, .list(of: ImageFormat.allCases).asList(),
                reloads: true,
                help: "Sources of these formats go out as they are, metadata and all, where no "
                    + "other format is asked for."),
        ])

    static let images = SettingGroup(
        title: "Watermark and fallback image",
        settings: [
            Setting(
                "watermark.path", \.watermark.path, .optional(.path("an image"), none: "none"),
                reloads: true, isPath: true,
                help: "The image that the option watermark puts upon results. One policy has to "
                    + "cover its format and that of the image it is put upon."),
            Setting(
                "watermark.data", \.watermark.data, .optional(.base64, none: "none"),
                reloads: true, help: "The same, without a file."),
            Setting(
                "watermark.opacity", \.watermark.opacity, .share, reloads: true,
                why: "nothing shows less, and nothing more",
                help: "What the opacity that a request names is multiplied by."),
            Setting(
                "fallback.path", \.fallback.path, .optional(.path("an image"), none: "none"),
                reloads: true, isPath: true,
                help: "The image that is processed where one asked for by path is not there, or is "
                    + "none."),
            Setting(
                "fallback.data", \.fallback.data, .optional(.base64, none: "none"),
                reloads: true, help: "The same, without a file."),
            Setting(
                "fallback.status", \.fallback.status, .statusOrNone, reloads: true,
                why: "other answers have no image",
                help: "Status of an answer that shows the fallback image; 0 for that of the error."),
        ])
}
