import ImageVocabulary

extension ProcessingOption {
    static let limits: [ProcessingOption] = [
        limit(
            "max_src_resolution", ["msr"], shape: "megapixels",
            summary: "Most megapixels of the source.", takes: megapixels, .megapixels,
            \.limits.sourcePixels),
        limit(
            "max_src_file_size", ["msfs"], shape: "bytes", summary: "Largest source in bytes.",
            takes: "Write a whole number of bytes above 0.", .limit(UInt64(Int64.max)),
            \.limits.sourceBytes),
        limit(
            "max_animation_frames", ["maf"], shape: "number",
            summary: "Most frames of an animation that are used; the others are left out.",
            takes: "Write a whole number above 0.", .limit(UInt64(UInt32.max)),
            \.limits.animationFrames),
        limit(
            "max_animation_frame_resolution", ["mafr"], shape: "megapixels",
            summary: "Most megapixels of one frame of an animation.", takes: megapixels,
            .megapixels, \.limits.framePixels),
        limit(
            "max_result_dimension", ["mrd"], shape: "pixels",
            summary: "Largest side of the result, which is made smaller where it is longer.",
            takes: "Write a whole number of pixels from 1 to 65535.",
            .limit(UInt64(Plan.largestRequestedSide)), \.limits.resultSide),
    ]

    private static let megapixels = "Write a number above 0, such as 25 or 0.5."

    private static func limit<Value: Equatable & Sendable>(
        _ name: String, _ aliases: [String], shape: String, summary: String, takes: String,
        _ kind: ValueKind<Value?>, _ path: any WritableKeyPath<RequestOptions, Value?> & Sendable
    ) -> ProcessingOption {
        single(
            name, aliases, topic: .limits, shape: shape, default: "the configured one",
            summary: summary, takes: takes, kind, path)
    }
}

extension ValueKind where Value == UInt64? {
    /// Megapixels as imgproxy counts them: a million pixels each, what is below one pixel cut off.
    fileprivate static var megapixels: Self {
        Self(
            read: { text in
                OptionValue.decimal(text, signed: false).flatMap { number in
                    let pixels = UInt64(number * 1_000_000)
                    return pixels == 0 ? nil : pixels
                }
            }, text: { OptionValue.text(Double($0 ?? 0) / 1_000_000) })
    }
}

extension ValueKind {
    fileprivate static func limit<Number: FixedWidthInteger & Sendable>(_ most: UInt64) -> Self
    where Value == Number? {
        Self(
            read: { text in
                OptionValue.wholeNumber(text, atMost: most).flatMap {
                    $0 == 0 ? nil : Number(exactly: $0)
                }
            }, text: { $0.map { "\($0)" } ?? "" })
    }
}
