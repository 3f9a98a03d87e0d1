/// JPEG 2000: the SIZ segment of the codestream (ITU-T T.800 A.5.1), which stands alone or in the
/// box `jp2c` (annex I). The box `ihdr` says the size too, but decoders go by the codestream.
enum JP2Header {
    /// Boxes before the codestream.
    private static let mostBoxes = 1_024

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        let start = bytes.has([0xFF, 0x4F], at: 0) ? 0 : try codestream(in: bytes)
        // SOC, SIZ, its length, capabilities; then the reference grid and the image's place in it.
        guard bytes.has([0xFF, 0x4F, 0xFF, 0x51], at: start) else {
            throw HeaderFault("no codestream where one must be")
        }
        guard let right = bytes.bigEndian(4, at: start + 8),
            let bottom = bytes.bigEndian(4, at: start + 12),
            let left = bytes.bigEndian(4, at: start + 16),
            let top = bytes.bigEndian(4, at: start + 20), bytes.holds(45, at: start)
        else { throw .truncated }
        // The number of components, the depth of the first, and the steps from one of its samples to
        // the next.
        guard bytes.has([1, 1], at: start + 43) else {
            throw HeaderFault("a first component that is not on every point of the grid")
        }
        guard left < right, top < bottom else { throw HeaderFault("an image of no size") }
        return PixelSize(width: right - left, height: bottom - top)
    }

    private static func codestream(in bytes: Span<UInt8>) throws(HeaderFault) -> Int {
        var rest = 0..<bytes.count
        for _ in 0..<mostBoxes where !rest.isEmpty {
            guard let box = ISOBox(at: rest, of: bytes) else { throw .truncated }
            if box.type == ISOBox.code("jp2c") { return box.content.lowerBound }
            rest = box.content.upperBound..<rest.upperBound
        }
        throw HeaderFault("no box with a codestream")
    }
}
