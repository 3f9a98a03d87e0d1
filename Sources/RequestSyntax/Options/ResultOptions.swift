import ImageVocabulary

extension ProcessingOption {
    static let results: [ProcessingOption] = [
        single(
            "format", ["f", "ext"], topic: .result, shape: "format", default: "", example: "webp",
            summary:
                "Format of the result. Without one: what the client accepts and the configuration "
                + "prefers, else the source's; one that cannot be written becomes png or jpeg. svg keeps "
                + "a drawing a drawing, without whatever could run or load something.",
            takes: "Write one of \(names), or svg for a drawing; other formats are read only.",
            ValueKind<FormatWish>(
                read: { text in
                    if text == "svg" { return .vector }
                    return OptionValue.outputFormat(text).map { .format($0) }
                }, text: \.text), \.formatWish),
        single(
            "quality", ["q"], topic: .result, shape: "0 to 100", default: "0", example: "80",
            summary: "Quality of lossy encoders; 0 is the format's default.",
            takes: "Write a whole number from 0 to 100.", .whole(atMost: 100), \.plan.quality),
        ProcessingOption(
            "format_quality", ["fq"], topic: .result, shape: "format:quality:format:quality...",
            most: 2 * ImageFormat.outputs.count, default: "", example: "webp:70:avif:50",
            summary: "Quality for each format, where quality is 0.",
            takes:
                "Write pairs such as webp:70:avif:50, each with a number from 0 to 100; 0 is the format's own.",
            write: { options in
                let standard = FormatQualities()
                let pairs = ImageFormat.outputs.filter {
                    options.plan.formatQualities[$0] != standard[$0]
                }.map { "\($0.name):\(options.plan.formatQualities[$0])" }
                return pairs.isEmpty ? nil : pairs.joined(separator: ":")
            },
            parse: { arguments, options in
                guard arguments.count.isMultiple(of: 2) else { return false }
                for index in stride(from: 0, to: arguments.count, by: 2) {
                    guard let format = OptionValue.outputFormat(arguments[index]),
                        let quality = OptionValue.wholeNumber(arguments[index + 1], atMost: 100)
                    else { return false }
                    options.plan.formatQualities[format] =
                        quality == 0 ? FormatQualities()[format] : UInt8(quality)
                }
                return true
            }),
        single(
            "max_bytes", ["mb"], topic: .result, shape: "bytes", default: "0", example: "20000",
            summary:
                "Encodes with less and less quality until the result is this small; one of quality "
                + "10 may still be larger. For formats with a quality; 0 for any size.",
            takes: "Write a whole number of bytes up to 4294967295.",
            .whole(atMost: UInt64(UInt32.max)), \.plan.mostBytes),
        flag(
            "strip_metadata", ["sm"], topic: .result, isOn: true,
            summary: "Whether EXIF, XMP and IPTC data are dropped.", \.plan.metadata.strip),
        flag(
            "keep_copyright", ["kcr"], topic: .result, isOn: true,
            summary:
                "Whether the names of authors and owners stay when the other data are dropped.",
            \.plan.metadata.keepCopyright),
        flag(
            "strip_color_profile", ["scp"], topic: .result, isOn: true,
            summary: "Whether colours become sRGB and the colour profile is dropped.",
            \.plan.metadata.stripProfile),
        ProcessingOption(
            "color_profile", ["cp", "icc"], topic: .result, shape: "profile", default: "",
            example: "p3",
            summary: "The profile that colours are brought to and that the result carries.",
            takes: "Write srgb, p3 or cmyk (for JPEG and TIFF), or nothing.",
            write: { $0.plan.metadata.profile?.name },
            parse: { arguments, options in
                options.plan.metadata.profile = ColorProfile.allCases.first {
                    $0.name == arguments[0]
                }
                return arguments[0].isEmpty || options.plan.metadata.profile != nil
            }),
        flag(
            "preserve_hdr", ["ph"], topic: .result,
            summary: "Whether 16 bits a channel stay in png, jxl, tiff and avif.",
            \.plan.encoding.preserveHDR),
        ProcessingOption(
            "dpi", [], topic: .result, shape: "number", default: "0", example: "300",
            summary:
                "Dots per inch: what a PDF or SVG is drawn at, and what the result says; 0 for 72 "
                + "and for nothing.",
            takes: "Write a number from 0 to 2400, such as 300.",
            write: { $0.plan.dpi.map { OptionValue.text($0) } },
            parse: { arguments, options in
                guard let dpi = ValueKind.decimal(atMost: Plan.largestDPI).read(arguments[0]) else {
                    return false
                }
                options.plan.dpi = dpi == 0 ? nil : dpi
                return true
            }),
        flag(
            "progressive", ["prog"], topic: .result,
            summary: "Whether a JPEG gains detail while it arrives; a PNG comes interlaced.",
            \.plan.encoding.progressive),
        single(
            "palette", ["pal"], topic: .result, shape: "colors", default: "0", example: "16",
            summary: "Colours of a PNG's palette; 0 for a palette where the source has one.",
            takes: "Write 0, or a whole number from 2 to 256.",
            ValueKind<UInt16>(
                read: { text in
                    OptionValue.wholeNumber(text, atMost: 256).flatMap {
                        $0 == 1 ? nil : UInt16($0)
                    }
                }, text: { "\($0)" }), \.plan.encoding.paletteColors),
    ]

    private static let names =
        (ImageFormat.outputs.map(\.name) + ["jpg"]).sorted().joined(separator: ", ")
}

/// What the option `format` can stand for.
enum FormatWish: Equatable {
    case any
    case format(ImageFormat)
    /// A drawing stays a drawing.
    case vector

    var text: String {
        switch self {
        case .any: ""
        case .format(let format): format.name
        case .vector: "svg"
        }
    }
}

extension RequestOptions {
    var formatWish: FormatWish {
        get { plan.keepsDrawing ? .vector : plan.format.map { .format($0) } ?? .any }
        set {
            plan.keepsDrawing = newValue == .vector
            if case .format(let format) = newValue {
                plan.format = format
            } else {
                plan.format = nil
            }
        }
    }
}
