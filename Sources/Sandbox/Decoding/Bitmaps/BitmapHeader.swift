/// The header of a BMP image: everything that is known before a pixel is read.
///
/// The facts are from Microsoft's documentation of BITMAPFILEHEADER, BITMAPCOREHEADER,
/// BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER, and from IBM's of OS/2 2.0 bitmaps. What they
/// do not allow is refused: there is no second guess at a broken file.
struct BitmapHeader: Equatable {
    /// At least 1, below 2³¹.
    let width: Int
    /// At least 1, at most 2³¹.
    let height: Int
    /// Whether the first row of the file is the top one.
    let isTopDown: Bool
    /// Bits of a pixel: 1, 4, 8, 16, 24 or 32.
    let depth: Int
    let encoding: Encoding
    /// Colours as they stand in the file, for a depth of up to 8.
    let palette: Range<Int>
    /// Bytes of one colour: blue, green, red, and with 4 one that means nothing.
    let colourSize: Int
    /// Where the pixels begin.
    let pixels: Int

    enum Encoding: Equatable {
        /// Rows of pixels, each filled up to a multiple of four bytes.
        case rows
        /// Rows of pixels of 16 or 32 bits that hold four channels where the masks say.
        case masked(ChannelMasks)
        /// Runs of palette numbers.
        case runs
    }

    var hasAlpha: Bool {
        if case .masked(let masks) = encoding { masks.alpha.mask != 0 } else { false }
    }

    /// Bytes of a row in the file; both factors have fewer than 32 bits.
    var stride: Int { (width * depth + 31) / 32 * 4 }

    /// Bytes of a row that hold pixels.
    var rowBytes: Int { (width * depth + 7) / 8 }

    /// The header of a file.
    init(file bytes: Span<UInt8>) throws(VipsFailure) {
        guard bytes.count >= 14, bytes[0] == UInt8(ascii: "B"), bytes[1] == UInt8(ascii: "M") else {
            throw VipsFailure("bmp: no file header")
        }
        try self.init(at: 14, in: bytes, pixels: try bytes.little(4, at: 10))
    }

    /// The header of an icon's image: no file header stands before it, the pixels follow at once, and
    /// its height counts the rows of the mask behind them as well.
    init(icon bytes: Span<UInt8>) throws(VipsFailure) {
        try self.init(at: 0, in: bytes, pixels: nil)
    }

    /// - Parameter pixels: where they begin; nil for an icon.
    private init(
        at start: Int, in bytes: Span<UInt8>, pixels: Int?
    ) throws(VipsFailure) {
        let isIcon = pixels == nil
        let size = try bytes.little(4, at: start)
        guard [12, 40, 52, 56, 64, 108, 124].contains(size) else {
            throw VipsFailure("bmp: an information header of \(size) bytes")
        }
        let isCore = size == 12
        let sideLength = isCore ? 2 : 4
        let rawHeight = try bytes.little(sideLength, at: start + 4 + sideLength)
        let rows = isCore ? rawHeight : Int(Int32(truncatingIfNeeded: rawHeight))
        width = try bytes.little(sideLength, at: start + 4)
        height = isIcon ? rows / 2 : Int(rows.magnitude)
        isTopDown = rows < 0
        depth = try bytes.little(2, at: start + 6 + 2 * sideLength)
        guard try bytes.little(2, at: start + 4 + 2 * sideLength) == 1 else {
            throw VipsFailure("bmp: not one plane")
        }
        guard width >= 1, width < 1 << 31, height >= 1, !isIcon || !isTopDown else {
            throw VipsFailure("bmp: \(width) by \(rows) pixels")
        }
        let compression = isCore ? 0 : try bytes.little(4, at: start + 16)
        // The masks of a header that has no room for them follow it.
        let following = size == 40 ? (compression == 3 ? 12 : compression == 6 ? 16 : 0) : 0
        let behind = start + size + following
        guard behind <= bytes.count else { throw VipsFailure("bmp: the header ends early") }
        switch (compression, depth) {
        case (0, 1), (0, 4), (0, 8), (0, 24): encoding = .rows
        case (0, 16): encoding = .masked(.fiveBits)
        case (0, 32): encoding = .masked(isIcon ? .eightBits : .eightBitsWithoutAlpha)
        case (1, 8), (2, 4):
            guard !isTopDown, !isIcon else { throw VipsFailure("bmp: runs from the top") }
            encoding = .runs
        case (3, 16), (3, 32), (6, 16), (6, 32):
            // In an OS/2 header these numbers mean codes for fax and for 24 bits.
            guard size != 64 else { throw VipsFailure("bmp: compression \(compression)") }
            let hasAlphaMask = size >= 56 || compression == 6
            encoding = .masked(
                try ChannelMasks(
                    at: start + 40, hasAlpha: hasAlphaMask, depth: depth, in: bytes))
        default:
            throw VipsFailure("bmp: compression \(compression) with \(depth) bits a pixel")
        }

        colourSize = isCore ? 3 : 4
        guard depth <= 8 else {
            palette = behind..<behind
            self.pixels = try Self.start(of: pixels, atLeast: behind)
            return
        }
        let announced = isCore ? 0 : try bytes.little(4, at: start + 32)
        let count = announced == 0 ? 1 << depth : min(announced, 1 << depth)
        var end = behind + count * colourSize
        // Files with fewer colours than they announce exist: where the pixels begin, the palette ends.
        if let pixels, pixels >= behind, pixels < end {
            end = pixels - (pixels - behind) % colourSize
        }
        guard end <= bytes.count else { throw VipsFailure("bmp: the palette ends early") }
        palette = behind..<end
        self.pixels = try Self.start(of: pixels, atLeast: end)
    }

    private static func start(of pixels: Int?, atLeast end: Int) throws(VipsFailure) -> Int {
        guard let pixels else { return end }
        guard pixels >= end else { throw VipsFailure("bmp: pixels within the header") }
        return pixels
    }
}

/// Where the channels stand in a pixel of 16 or 32 bits.
struct ChannelMasks: Equatable {
    let red, green, blue, alpha: Channel

    struct Channel: Equatable {
        /// Bits that stand side by side; 0 for no channel.
        let mask: UInt32

        /// The channel's value in a pixel, scaled to 0 to 255 and rounded.
        func value(in pixel: UInt32) -> UInt8 {
            guard mask != 0 else { return 0 }
            let largest = UInt64(mask >> mask.trailingZeroBitCount)
            let value = UInt64((pixel & mask) >> mask.trailingZeroBitCount)
            // At most 32 bits times 8 bits; the quotient is at most 255.
            return UInt8((value * 255 + largest / 2) / largest)
        }
    }

    /// Five bits each, the uppermost bit unused.
    static let fiveBits = ChannelMasks(red: 0x7C00, green: 0x3E0, blue: 0x1F, alpha: 0)
    static let eightBitsWithoutAlpha = ChannelMasks(
        red: 0xFF_0000, green: 0xFF00, blue: 0xFF, alpha: 0)
    static let eightBits = ChannelMasks(
        red: 0xFF_0000, green: 0xFF00, blue: 0xFF, alpha: 0xFF00_0000)

    private init(red: UInt32, green: UInt32, blue: UInt32, alpha: UInt32) {
        self.red = Channel(mask: red)
        self.green = Channel(mask: green)
        self.blue = Channel(mask: blue)
        self.alpha = Channel(mask: alpha)
    }

    /// Reads the masks: red, green, blue and, where there is one, alpha.
    init(
        at offset: Int, hasAlpha: Bool, depth: Int, in bytes: Span<UInt8>
    ) throws(VipsFailure) {
        var all: UInt32 = 0
        var channels: [UInt32] = []
        for index in 0..<(hasAlpha ? 4 : 3) {
            let mask = UInt32(try bytes.little(4, at: offset + 4 * index))
            let bits = mask == 0 ? 0 : mask >> mask.trailingZeroBitCount
            guard bits & (bits &+ 1) == 0, mask & all == 0, depth == 32 || mask < 1 << 16 else {
                throw VipsFailure("bmp: channels in bits that no channels can have")
            }
            all |= mask
            channels.append(mask)
        }
        self.init(
            red: channels[0], green: channels[1], blue: channels[2],
            alpha: hasAlpha ? channels[3] : 0)
    }
}

extension Span where Element == UInt8 {
    /// `length` bytes at `offset`, 1 to 4, least significant first.
    func little(_ length: Int, at offset: Int) throws(VipsFailure) -> Int {
        guard offset >= 0, offset <= count, length <= count - offset else {
            throw VipsFailure("the header ends early")
        }
        var value = 0
        for index in (offset..<(offset + length)).reversed() {
            value = value << 8 | Int(self[index])
        }
        return value
    }
}
