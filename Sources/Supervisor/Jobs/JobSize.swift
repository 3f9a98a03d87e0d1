import ImageVocabulary
import WireProtocol

/// How much work a job may be, as far as that can be told before a decoder has seen its input.
enum JobSize: Sendable {
    case small
    case large
}

/// Tells large jobs from small ones by the bytes of their input and its format: a child alone reads
/// the header that has the size in pixels.
struct JobSizing: Sendable {
    /// Bytes of a JPEG above which a job is large; nil where none is.
    var largeInput: Int?

    /// - Parameter bytes: of the input.
    func size(_ bytes: Int, _ format: ImageFormat) -> JobSize {
        guard let largeInput else { return .small }
        // A limit on inputs keeps the product far from its bounds.
        return bytes.multipliedReportingOverflow(by: format.weight).partialValue > largeInput
            ? .large : .small
    }

    func size(of job: ChildReport.JobIdentity) -> JobSize {
        // Facts are in the first bytes, however many follow; a colour is in all of them.
        guard job.operation == .process || job.wishes.contains(.dominantColor) else {
            return .small
        }
        guard largeInput != nil else { return .small }
        let pixels = job.plans.reduce(0) { $0 + $1.mostMadePixels }
        return pixels > Self.largeResults ? .large : size(job.bytes, job.sniffed)
    }

    /// Pixels of all results together above which a job is large, however small its input is.
    private static let largeResults = 4e6
}

extension Plan {
    /// Pixels of a result that may be made larger than its source, where both sides are named; each
    /// counts several times where it is blurred.
    fileprivate var mostMadePixels: Double {
        let mayGrow =
            enlarge || extend != nil || extendAspectRatio != nil || minWidth > 0 || minHeight > 0
            || padding != Padding()
        guard mayGrow else { return 0 }
        let across = side(max(width, minWidth), zoom.x, padding.left, padding.right)
        let down = side(max(height, minHeight), zoom.y, padding.top, padding.bottom)
        return across * down * (1 + effects.blur / 10)
    }

    private func side(
        _ asked: UInt32, _ zoom: Double, _ before: UInt32, _ behind: UInt32
    ) -> Double {
        (Double(asked) * zoom + Double(before) + Double(behind)) * max(1, dpr)
    }
}

extension ImageFormat {
    /// How many bytes of JPEG take as long as one byte of this format, roughly. Processor time of
    /// libvips 8.14 for each byte of one photograph of 2 megapixels, to 300 pixels, was for WebP 2.1
    /// times that of JPEG, JPEG XL 5, AVIF 7, and less than that of JPEG for the first line.
    fileprivate var weight: Int {
        switch self {
        case .jpeg, .png, .gif, .tiff, .jp2, .bmp, .ico: 1
        case .webp: 2
        case .avif, .heic, .jxl: 6
        // What they draw has little to do with their size.
        case .svg, .pdf: 8
        }
    }
}
