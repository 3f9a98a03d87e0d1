import ImageVocabulary

extension JobLimits {
    /// Refuses an image whose header announces more than is allowed. One frame is decoded unless a
    /// plan asks for more, so one frame's pixels count here; ``check(pixels:)`` counts the rest.
    func check(_ facts: ImageFacts) throws(Refusal) {
        guard facts.width <= width else {
            throw Refusal(.tooWide, "\(facts.width) pixels wide, \(width) are allowed")
        }
        guard facts.height <= height else {
            throw Refusal(.tooTall, "\(facts.height) pixels tall, \(height) are allowed")
        }
        guard facts.frames <= frames else {
            throw Refusal(.tooManyFrames, "\(facts.frames) frames, \(frames) are allowed")
        }
        // Two factors of 32 bits each cannot overflow 64 bits.
        let area = UInt64(facts.width) * UInt64(facts.height)
        try check(pixels: area)
        guard facts.frames == 1 || !facts.format.isAnimated || area <= framePixels else {
            throw Refusal(
                .frameTooLarge, "\(area) pixels in a frame, \(framePixels) are allowed")
        }
    }

    func check(pixels area: UInt64) throws(Refusal) {
        guard area <= pixels else {
            throw Refusal(.tooManyPixels, "\(area) pixels, \(pixels) are allowed")
        }
    }
}

extension ImageFacts {
    /// The size that a drawing is drawn at where nothing else is asked for: its own, or as large as
    /// the limits allow. An image of pixels has the size it has.
    func drawn(within limits: JobLimits) -> ImageFacts {
        guard format.isVector else { return self }
        let factors = [
            Double(limits.width) / Double(width), Double(limits.height) / Double(height),
            (Double(limits.pixels) / (Double(width) * Double(height))).squareRoot(),
        ]
        guard let factor = factors.min(), factor < 1 else { return self }
        var smaller = self
        smaller.width = UInt32(max(1, Double(width) * factor))
        smaller.height = UInt32(max(1, Double(height) * factor))
        return smaller
    }
}
