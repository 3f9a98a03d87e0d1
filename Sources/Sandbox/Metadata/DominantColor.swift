import ImageVocabulary

/// The colour that most of a picture has.
///
/// Of a small copy each pixel is counted, by its opacity, in one of 4,096 boxes of colours that differ
/// in the upper four bits of a channel. The answer is the mean colour of the fullest box.
enum DominantColor {
    /// The longer side of the copy in pixels: a thumbnail, that a JPEG's decoder makes by itself.
    static let side: UInt32 = 128

    /// White for a picture that is all transparent.
    static func of(
        _ source: borrowing ImageSource, _ facts: ImageFacts, _ limits: JobLimits,
        _ report: inout some JobReport
    ) throws(Refusal) -> RGBColor {
        // A format that keeps transparency; nothing is encoded.
        var plan = Plan(width: side, height: side, format: .png)
        plan.metadata.stripProfile = true
        let canvas = try Pipeline.pixels(
            plan, source: source, facts: facts, limits: limits, &report)
        // Small, and perhaps turned since it was decoded.
        let image = try canvas.image.decoded()
        let bands = image.bands
        guard let color = image.withPixels({ dominant($0, bands: bands) }) else {
            throw Refusal(.processingFailed, "the small copy is not in memory")
        }
        return color
    }

    /// - Parameter bands: 1 or 3, and one more for opacity.
    static func dominant(_ pixels: Span<UInt8>, bands: Int) -> RGBColor {
        var boxes = [Box](repeating: Box(), count: 4_096)
        let colors = bands < 3 ? 1 : 3
        for start in stride(from: 0, to: pixels.count - bands + 1, by: bands) {
            let opacity = bands > colors ? Int(pixels[start + colors]) : 255
            let red = Int(pixels[start])
            let green = Int(pixels[start + (colors == 3 ? 1 : 0)])
            let blue = Int(pixels[start + (colors == 3 ? 2 : 0)])
            boxes[(red >> 4) << 8 | (green >> 4) << 4 | blue >> 4].add(red, green, blue, opacity)
        }
        return boxes.max { $0.weight < $1.weight }?.mean ?? .white
    }

    private struct Box {
        var weight = 0
        private var red = 0
        private var green = 0
        private var blue = 0

        mutating func add(_ red: Int, _ green: Int, _ blue: Int, _ opacity: Int) {
            weight += opacity
            self.red += red * opacity
            self.green += green * opacity
            self.blue += blue * opacity
        }

        var mean: RGBColor {
            guard weight > 0 else { return .white }
            func rounded(_ sum: Int) -> UInt8 { UInt8(clamping: (sum + weight / 2) / weight) }
            return RGBColor(red: rounded(red), green: rounded(green), blue: rounded(blue))
        }
    }
}
