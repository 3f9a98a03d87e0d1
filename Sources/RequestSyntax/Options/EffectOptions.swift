import ImageVocabulary

extension ProcessingOption {
    static let effects: [ProcessingOption] = [
        ProcessingOption(
            "adjust", ["a"], topic: .effects, shape: "brightness:contrast:saturation", most: 3,
            default: "0:1:1", example: "20:1.2:0.5",
            summary: "Sets brightness, contrast and saturation at once.",
            takes:
                "Write brightness from -255 to 255, contrast and saturation from 0 to 100, such as "
                + "20:1.2:0.5; an empty argument leaves its setting as it is."
        ) { arguments, options in
            optional(arguments, 0, brightness.read) {
                options.plan.effects.adjustment.brightness = $0
            }
                && optional(arguments, 1, amount.read) {
                    options.plan.effects.adjustment.contrast = $0
                }
                && optional(arguments, 2, amount.read) {
                    options.plan.effects.adjustment.saturation = $0
                }
        },
        single(
            "brightness", ["br"], topic: .effects, shape: "number", default: "0", example: "-20",
            summary: "Added to each channel of 8 bits.",
            takes: "Write a whole number from -255 to 255.", brightness,
            \.plan.effects.adjustment.brightness),
        single(
            "contrast", ["co"], topic: .effects, shape: "number", default: "1", example: "1.2",
            summary: "What the distance from middle grey is multiplied by.", takes: amounts, amount,
            \.plan.effects.adjustment.contrast),
        single(
            "saturation", ["sa"], topic: .effects, shape: "number", default: "1", example: "0",
            summary: "What the distance from grey is multiplied by; 0 takes all colour away.",
            takes: amounts, amount, \.plan.effects.adjustment.saturation),
        single(
            "blur", ["bl"], topic: .effects, shape: "sigma", default: "0", example: "1.5",
            summary: "Gaussian blur; the sigma is in pixels of the result.", takes: sigmas, .sigma,
            \.plan.effects.blur),
        single(
            "sharpen", ["sh"], topic: .effects, shape: "sigma", default: "0", example: "0.5",
            summary: "Sharpens the lightness; the sigma is in pixels of the result.",
            takes: sigmas, .sigma, \.plan.effects.sharpen),
        single(
            "pixelate", ["pix"], topic: .effects, shape: "pixels", default: "0", example: "8",
            summary: "Side of the squares that the image is made of; up to 1 for none.",
            takes: Takes.side, .side, \.plan.effects.pixelate),
        ProcessingOption(
            "watermark", ["wm"], topic: .effects, shape: "opacity:position:x:y:scale", most: 7,
            default: "0", example: "0.5:soea:10:10:0.2",
            summary:
                "Puts the configured image, or that of watermark_url, upon the result. The position "
                + "re repeats it, with x and y between; scale is its share of the result.",
            takes:
                "Write an opacity from 0 to 1, and perhaps \(Takes.places) or re, two offsets and a "
                + "scale from 0 to 100, such as 0.5:soea:10:10:0.2.",
            write: { options in options.plan.watermark.map(text) }, parse: watermark),
        ProcessingOption(
            "watermark_url", ["wmu"], topic: .effects, shape: "base64url", default: "",
            example: "bG9jYWw6Ly8vbG9nby5wbmc",
            summary:
                "The address of the watermark, in URL-safe Base64; empty for the configured one.",
            takes: "Write the address of an image in URL-safe Base64.",
            write: { $0.watermarkSource.map { Base64URL.text(of: $0) } },
            parse: { arguments, options in source(arguments[0], &options.watermarkSource) }),
    ]

    /// Reads an address; an empty one is none.
    static func source(_ text: Substring, _ source: inout String?) -> Bool {
        guard !text.isEmpty else {
            source = nil
            return true
        }
        guard let address = Base64URL.text(in: text), !address.isEmpty,
            address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return false }
        source = address
        return true
    }

    private static let amounts = "Write a number from 0 to 100, such as 1.2."
    private static let sigmas = "Write a number from 0 to 200, such as 1.5."
    private static let amount = ValueKind.decimal(atMost: Plan.largestFactor)
    private static let brightness = ValueKind<Int16>(
        read: { text in
            let digits = text.hasPrefix("-") ? text.dropFirst() : text
            return OptionValue.wholeNumber(digits, atMost: 255).map {
                Int16($0) * (text.hasPrefix("-") ? -1 : 1)
            }
        }, text: { "\($0)" })

    /// Two more arguments may follow, empty: imgproxy takes them and reads nothing there.
    @Sendable private static func watermark(
        _ arguments: [Substring], _ options: inout RequestOptions
    ) -> Bool {
        var watermark = options.plan.watermark ?? Watermark(opacity: 0)
        let offset = { (text: Substring) in OptionValue.decimal(text, signed: true) }
        guard arguments.dropFirst(5).allSatisfy(\.isEmpty),
            let opacity = ValueKind.decimal(atMost: 1).read(arguments[0]),
            optional(arguments, 1, position, set: { watermark.position = $0 }),
            optional(arguments, 2, offset, set: { watermark.x = $0 }),
            optional(arguments, 3, offset, set: { watermark.y = $0 }),
            optional(arguments, 4, amount.read, set: { watermark.scale = $0 })
        else { return false }
        watermark.opacity = opacity
        options.plan.watermark = opacity == 0 ? nil : watermark
        return true
    }

    /// The outer nil is for what cannot be read, the inner one for repeating.
    private static func position(_ text: Substring) -> Gravity.Anchor?? {
        if text == "re" { return .some(nil) }
        let anchor = Gravity.Anchor.allCases.first { $0.name == text && $0.isCompass }
        return anchor.map { .some($0) }
    }

    private static func text(_ watermark: Watermark) -> String {
        [
            OptionValue.text(watermark.opacity), watermark.position?.name ?? "re",
            OptionValue.text(watermark.x), OptionValue.text(watermark.y),
            OptionValue.text(watermark.scale),
        ].joined(separator: ":")
    }
}

extension ValueKind where Value == Double {
    fileprivate static var sigma: Self { decimal(atMost: Plan.largestSigma) }
}
