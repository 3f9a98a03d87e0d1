import ImageVocabulary

extension ProcessingOption {
    static let limits: [ProcessingOption] = [
        limit(
            "max_src_resolution", ["msr"], shape: "megapixels", example: "25",
            summary: "Most megapixels of the source.", takes: megapixels, .megapixels,
            \.limits.sourcePixels),
        limit(
            "max_src_file_size", ["msfs"], shape: "bytes", example: "10000000",
            summary: "Largest source in bytes.",
            takes: "Write a whole number of bytes above 0.", .limit(UInt64(Int64.max)),
            \.limits.sourceBytes),
        limit(
            "max_animation_frames", ["maf"], shape: "number", example: "10",
            summary: "Most frames of an animation that are used; the others are left out.",
            takes: "Write a whole number above 0.", .limit(UInt64(UInt32.max)),
            \.limits.animationFrames),
        limit(
            "max_animation_frame_resolution", ["mafr"], shape: "megapixels", example: "25",
            summary: "Most megapixels of one frame of an animation.", takes: megapixels,
            .megapixels, \.limits.framePixels),
        limit(
            "max_result_dimension", ["mrd"], shape: "pixels", example: "2000",
            summary: "Largest side of the result, which is made smaller where it is longer.",
            takes: "Write a whole number of pixels from 1 to 65535.",
            .limit(UInt64(Plan.largestRequestedSide)), \.limits.resultSide),
    ]

    private static let megapixels = "Write a number above 0, such as 25 or 0.5."

    private static func limit<Value: Equatable & Sendable>(
        _ name: String, _ aliases: [String], shape: String, example: String, summary: String,
        takes: String,
        _ kind: ValueKind<Value?>, _ path: any WritableKeyPath<RequestOptions, Value?> & Sendable
    ) -> ProcessingOption {
        single(
            name, aliases, topic: .limits, shape: shape, default: "the configured one",
            example: example, summary: summary, takes: takes, kind, path)
    }
}

extension ValueKind where Value == UInt64? {
    /// Megapixels as imgproxy counts them: a million pixels each, what is below one pixel cut off.
    fileprivate static var megapixels: Self {
        Self(
            read: { text in
                guard let number = OptionValue.decimal(text, signed: false) else { return nil }
                let pixels = UInt64(number * 1_000_000)
                // Nothing is no limit, and not a limit that is left out.
                guard pixels > 0 else { return nil }
                return .some(pixels)
            }, text: { OptionValue.text(megapixels(of: $0 ?? 0)) })
    }

    /// A number that is read as so many pixels: the exact one is sometimes read as one pixel less, for
    /// what binary fractions are.
    private static func megapixels(of pixels: UInt64) -> Double {
        let exact = Double(pixels) / 1_000_000
        return UInt64(exact * 1_000_000) == pixels ? exact : (Double(pixels) + 0.5) / 1_000_000
    }
}

extension ValueKind {
    fileprivate static func limit<Number: FixedWidthInteger & Sendable>(_ most: UInt64) -> Self
    where Value == Number? {
        Self(
            read: { text in
                guard let number = OptionValue.wholeNumber(text, atMost: most), number > 0,
                    let value = Number(exactly: number)
                else { return nil }
                return .some(value)
            }, text: { $0.map { "\($0)" } ?? "" })
    }
}
