/// Width and height in pixels.
struct PixelSize: Equatable {
    var width: Int
    var height: Int

    /// The same image turned by a quarter.
    var turned: PixelSize { PixelSize(width: height, height: width) }

    /// Sides come from 32-bit headers and from requests of 16 bits, so the product fits.
    var area: Int { width * height }

    var longerSide: Int { max(width, height) }
}
