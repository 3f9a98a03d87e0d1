import ImageVocabulary

extension ProcessingOption {
    static let deliveries: [ProcessingOption] = [
        ProcessingOption(
            "skip_processing", ["skp"], topic: .delivery, shape: "format:format...",
            most: ImageFormat.allCases.count, default: "", example: "gif:webp",
            summary:
                "Sources of these formats go out as they are where no other format is asked for.",
            takes: "Write formats such as gif:webp.",
            write: { options in
                let formats = options.delivery.skipped
                return formats.isEmpty ? nil : formats.map(\.name).joined(separator: ":")
            },
            parse: { arguments, options in
                let formats = arguments.compactMap { ImageFormat(name: $0) }
                options.delivery.skipped = formats
                return formats.count == arguments.count
            }),
        flag(
            "raw", [], topic: .delivery,
            summary: "Whether the source goes out as it is, undecoded.", \.delivery.raw),
        ProcessingOption(
            "cachebuster", ["cb"], topic: .delivery, shape: "text", default: "", example: "2",
            summary: "Makes another URL for the same image; the value means nothing.",
            takes: "Write any ASCII text without a colon."
        ) { _, _ in true },
        ProcessingOption(
            "expires", ["exp"], topic: .delivery, shape: "seconds", default: "0",
            example: "1893456000",
            summary: "Seconds since 1970 after which the request is refused; 0 for never.",
            takes: "Write a whole number of seconds.",
            write: { $0.delivery.expires.map { "\($0)" } },
            parse: { arguments, options in
                guard let time = OptionValue.wholeNumber(arguments[0], atMost: UInt64(Int64.max))
                else { return false }
                options.delivery.expires = time == 0 ? nil : Int64(time)
                return true
            }),
        ProcessingOption(
            "filename", ["fn"], topic: .delivery, shape: "name:encoded", most: 2, default: "",
            example: "cat",
            summary: "Name for the result, without an extension; where encoded is on, in URL-safe "
                + "Base64. Empty for the source's.",
            takes:
                "Write a name of at most 255 bytes in ASCII without control characters, or any name "
                + "in URL-safe Base64 with 1 behind it.",
            write: { $0.delivery.fileName.map { "\(Base64URL.text(of: $0)):1" } }, parse: fileName),
        flag(
            "return_attachment", ["att"], topic: .delivery,
            summary: "Whether browsers are to store the result and not to show it.",
            \.delivery.isAttachment),
        ProcessingOption(
            "fallback_image_url", ["fiu"], topic: .delivery, shape: "base64url", default: "",
            example: "bG9jYWw6Ly8vbm9uZS5wbmc",
            summary:
                "The address, in URL-safe Base64, of the image to be processed where the one asked "
                + "for cannot be had; empty for the configured one.",
            takes: "Write the address of an image in URL-safe Base64.",
            write: { $0.fallbackSource.map { Base64URL.text(of: $0) } },
            parse: { arguments, options in source(arguments[0], &options.fallbackSource) }),
        preset,
    ]

    /// What it stands for is applied by ``OptionParser``.
    static let preset = ProcessingOption(
        "preset", ["pr"], topic: .delivery, shape: "name:name...", most: 32, default: "",
        example: "thumb",
        summary: "Options by the names under which they were configured.",
        takes: "Write the names of presets, such as thumb or thumb:grey."
    ) { arguments, _ in arguments.allSatisfy { !$0.isEmpty } }

    @Sendable private static func fileName(
        _ arguments: [Substring], _ options: inout RequestOptions
    ) -> Bool {
        var isEncoded = false
        guard optional(arguments, 1, OptionValue.boolean, set: { isEncoded = $0 }) else {
            return false
        }
        guard let name = isEncoded ? Base64URL.text(in: arguments[0]) : String(arguments[0]),
            name.utf8.count <= Delivery.longestFileName,
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return false }
        options.delivery.fileName = name.isEmpty ? nil : name
        return true
    }
}
