import CVips
import ImageVocabulary

/// Cuts off a border of one colour.
enum Trimming {
    /// An image in memory without its border, in memory too; all of it when it is nothing but border.
    ///
    /// It is done to the pixels as they are stored: sides and ends are those of the file.
    static func apply(
        _ trim: Trim, to image: consuming VipsImageRef
    ) throws(Refusal) -> VipsImageRef {
        do throws(VipsFailure) {
            guard let (size, place) = try inside(trim, image), size != image.size else {
                return image
            }
            return try image.part(size, at: place).copiedToMemory()
        } catch {
            throw Refusal(.processingFailed, error)
        }
    }

    /// What lies within the border.
    private static func inside(
        _ trim: Trim, _ image: borrowing VipsImageRef
    ) throws(VipsFailure) -> (PixelSize, Point)? {
        // find_trim looks at squares of three pixels.
        guard min(image.width, image.height) >= 3 else { return nil }
        let probe = try opaque(image)
        let colour: [Double]
        if let named = trim.color {
            colour = [named.red, named.green, named.blue].map { Double($0) }
        } else {
            let operation = try VipsOperation("getpoint")
            try operation.set("in", probe)
            try operation.set("x", 0)
            try operation.set("y", 0)
            colour = try operation.numbers("out-array")
        }
        let operation = try VipsOperation("find_trim")
        try operation.set("in", probe)
        try operation.set("threshold", trim.threshold)
        try operation.set("background", colour)
        let found = try operation.integers(["left", "top", "width", "height"])
        guard found[2] > 0, found[3] > 0 else { return nil }
        let (left, width) = equalised(trim.equalSides, found[0], found[2], of: image.width)
        let (top, height) = equalised(trim.equalEnds, found[1], found[3], of: image.height)
        return (PixelSize(width: width, height: height), Point(left: left, top: top))
    }

    /// Colours of 8 bits, and a colour that hardly any picture has where nothing shows.
    private static func opaque(
        _ image: borrowing VipsImageRef
    ) throws(VipsFailure) -> VipsImageRef {
        let operation = try VipsOperation("colourspace")
        try operation.set("in", image)
        try operation.set("space", VIPS_INTERPRETATION_sRGB.rawValue)
        let colours = try operation.image()
        guard colours.hasAlpha else { return colours }
        let flatten = try VipsOperation("flatten")
        try flatten.set("in", colours)
        try flatten.set("background", [255, 0, 255])
        return try flatten.image()
    }

    /// Start and length, with the less of both margins on both sides where that is asked for.
    private static func equalised(
        _ isAsked: Bool, _ start: Int, _ length: Int, of side: Int
    ) -> (Int, Int) {
        guard isAsked else { return (start, length) }
        let margin = min(start, side - start - length)
        return (margin, side - 2 * margin)
    }
}
