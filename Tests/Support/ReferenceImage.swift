internal import CReference

/// Pixels and files as the installed libvips makes and reads them.
public struct ReferenceImage: Equatable, Sendable {
    public struct Pixel: Equatable, Sendable {
        public var red, green, blue, alpha: UInt8

        public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ alpha: UInt8 = 255) {
            self.red = red
            self.green = green
            self.blue = blue
            self.alpha = alpha
        }

        /// Whether no channel differs by more than `tolerance`.
        public func isClose(to other: Pixel, tolerance: Int) -> Bool {
            let pairs = [
                (red, other.red), (green, other.green), (blue, other.blue), (alpha, other.alpha),
            ]
            return pairs.allSatisfy { abs(Int($0) - Int($1)) <= tolerance }
        }
    }

    public let width: Int
    /// Height of one frame.
    public let height: Int
    public let frames: Int
    /// Rows from the top, frames one below the other.
    public let pixels: [Pixel]

    /// An image of one frame.
    public init(width: Int, height: Int, pixel: (_ x: Int, _ y: Int) -> Pixel) {
        self.width = width
        self.height = height
        frames = 1
        pixels = (0..<height).flatMap { y in (0..<width).map { x in pixel(x, y) } }
    }

    /// Decodes a file of any format; nil when libvips cannot read it.
    public init?(decoding file: [UInt8]) {
        // libvips reads the file within the call and hands back memory of its own, which holds
        // 4 bytes for each pixel of each frame.
        var found = unsafe reference_pixels()
        let result = unsafe file.withUnsafeBytes {
            unsafe reference_decode($0.baseAddress, $0.count, &found)
        }
        guard result == 0, let bytes = unsafe found.bytes else { return nil }
        defer { unsafe reference_free(bytes) }
        width = Int(unsafe found.width)
        height = Int(unsafe found.height)
        frames = Int(unsafe found.frames)
        pixels = (0..<width * height * frames).map { index in
            unsafe Pixel(
                bytes[index * 4], bytes[index * 4 + 1], bytes[index * 4 + 2], bytes[index * 4 + 3])
        }
    }

    public subscript(x: Int, y: Int) -> Pixel { pixels[y * width + x] }

    /// The file that libvips' saver for this suffix writes, such as `.png` or `.jpg[Q=90]`.
    ///
    /// - Parameter orientation: 1 to 8, stored as EXIF has it; 0 stores none.
    public func encoded(_ suffix: String, alpha: Bool = false, orientation: Int = 0) -> [UInt8] {
        precondition(frames == 1, "only still images are written")
        let bytes = pixels.flatMap {
            alpha ? [$0.red, $0.green, $0.blue, $0.alpha] : [$0.red, $0.green, $0.blue]
        }
        var file: UnsafeMutablePointer<UInt8>?
        var count = 0
        // The array holds width × height × bands bytes, which is what the call reads; the result is
        // `count` bytes of memory that is ours to free.
        let result = unsafe bytes.withUnsafeBufferPointer {
            unsafe reference_encode(
                $0.baseAddress, CInt(width), CInt(height), alpha ? 4 : 3, CInt(orientation), suffix,
                &file, &count)
        }
        guard result == 0, let file = unsafe file else {
            preconditionFailure("libvips cannot write \(suffix)")
        }
        defer { unsafe reference_free(file) }
        return unsafe Array(UnsafeBufferPointer(start: file, count: count))
    }
}

extension ReferenceImage {
    public static let red = Pixel(224, 32, 32)
    public static let green = Pixel(32, 192, 32)
    public static let blue = Pixel(32, 32, 224)
    public static let white = Pixel(240, 240, 240)

    /// Four quarters: red and green above blue and white. A mistake in size, order of rows or
    /// columns, orientation or colour shows in its corners.
    public static func quarters(width: Int, height: Int) -> ReferenceImage {
        ReferenceImage(width: width, height: height) { x, y in
            switch (x < width / 2, y < height / 2) {
            case (true, true): red
            case (false, true): green
            case (true, false): blue
            case (false, false): white
            }
        }
    }

    /// Whether the middles of the four quarters have the colours of ``quarters(width:height:)``.
    public func showsQuarters(tolerance: Int = 24) -> Bool {
        let left = width / 4
        let right = width * 3 / 4
        let upper = height / 4
        let lower = height * 3 / 4
        return self[left, upper].isClose(to: Self.red, tolerance: tolerance)
            && self[right, upper].isClose(to: Self.green, tolerance: tolerance)
            && self[left, lower].isClose(to: Self.blue, tolerance: tolerance)
            && self[right, lower].isClose(to: Self.white, tolerance: tolerance)
    }
}
