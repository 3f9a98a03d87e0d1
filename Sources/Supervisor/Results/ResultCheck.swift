import ImageVocabulary
import NIOCore
import RequestSyntax
import WireProtocol

/// Holds what a child claims against the bytes. Everything that leaves here is either checked or
/// of a closed set of values.
enum ResultCheck {
    /// - Returns: the result, its size read from its own header.
    /// - Throws: ``Mismatch`` when the child's word and the bytes do not agree.
    static func check(
        _ facts: ImageFacts, _ details: ImageDetails?, _ outputs: [EncodedOutput], of job: Job
    ) throws(Mismatch) -> JobResult {
        try check(facts, of: job)
        guard job.operation == .process else {
            guard let details, answers(details, job.wishes) else { throw Mismatch("details") }
            return JobResult(facts: facts, details: details, images: [])
        }
        guard outputs.count == job.plans.count else { throw Mismatch("results") }
        var images: [ResultImage] = []
        for (output, plan) in zip(outputs, job.plans) {
            images.append(try image(output, plan, facts, job.limits))
        }
        return JobResult(facts: facts, images: images)
    }

    /// Whether details have what was asked for, and no place that nobody asked for.
    private static func answers(_ details: ImageDetails, _ wishes: InfoWishes) -> Bool {
        (details.dominantColor != nil) == wishes.contains(.dominantColor)
            && (details.location == nil || wishes.contains(.location))
    }

    private static func image(
        _ output: EncodedOutput, _ plan: Plan, _ facts: ImageFacts, _ limits: JobLimits
    ) throws(Mismatch) -> ResultImage {
        if plan.keepsDrawing { return try drawing(output, facts) }
        let header: EncodedImageHeader
        do throws(EncodedImageError) {
            header = try EncodedImageHeader(reading: output.bytes.readableBytesUInt8Span)
        } catch {
            throw Mismatch("result header")
        }
        guard header.format == output.format else { throw Mismatch("result magic number") }
        let wanted = Plan.substitute(
            for: plan.resultFormat(of: facts), width: Int(clamping: header.width),
            height: Int(clamping: header.height), hasAlpha: facts.hasAlpha)
        guard output.format == wanted else { throw Mismatch("result format") }
        guard fits(header, plan, limits) else { throw Mismatch("result size") }
        return ResultImage(
            bytes: output.bytes, format: header.format, width: header.width,
            height: header.height)
    }

    /// A drawing has no size in pixels but its source's, and is one by what it begins with.
    private static func drawing(
        _ output: EncodedOutput, _ facts: ImageFacts
    ) throws(Mismatch) -> ResultImage {
        guard facts.format == .svg, output.format == .svg else { throw Mismatch("result format") }
        guard ImageSignature.sniff(output.bytes.readableBytesUInt8Span) == .svg else {
            throw Mismatch("result magic number")
        }
        return ResultImage(
            bytes: output.bytes, format: .svg, width: facts.width, height: facts.height)
    }

    /// Whether a result is within the box that was asked for and within the limit on pixels, so that
    /// no header announces to a client's decoder what nobody asked for.
    private static func fits(
        _ header: EncodedImageHeader, _ plan: Plan, _ limits: JobLimits
    ) -> Bool {
        header.width <= plan.mostWidth && header.height <= plan.mostHeight
            && UInt64(header.width) * UInt64(header.height) <= limits.pixels
    }

    /// The facts against the limits, which the child was to hold to, and against the input's own
    /// header where that can be read here. AVIF, HEIC and JPEG XL images are turned while they are
    /// loaded, so their sides may have changed places; AVIF and HEIC may be cut as well (`clap`), and
    /// no side is longer for it.
    private static func check(_ facts: ImageFacts, of job: Job) throws(Mismatch) {
        guard facts.format == job.input.format else { throw Mismatch("facts format") }
        let (pixels, overflow) = UInt64(facts.width).multipliedReportingOverflow(
            by: UInt64(facts.height))
        guard facts.width <= job.limits.width, facts.height <= job.limits.height, !overflow,
            pixels <= job.limits.pixels, facts.frames <= job.limits.frames
        else { throw Mismatch("facts limits") }
        let bytes = job.input.bytes.readableBytesUInt8Span
        guard let header = try? EncodedImageHeader(reading: bytes) else { return }
        guard agrees(facts, with: header) else { throw Mismatch("facts size") }
    }

    private static func agrees(_ facts: ImageFacts, with header: EncodedImageHeader) -> Bool {
        let isSame = (header.width, header.height) == (facts.width, facts.height)
        let isTurned = (header.height, header.width) == (facts.width, facts.height)
        switch facts.format {
        case .avif, .heic:
            return max(facts.width, facts.height) <= max(header.width, header.height)
                && min(facts.width, facts.height) <= min(header.width, header.height)
        case .jxl: return isSame || isTurned
        default: return isSame
        }
    }

    /// What does not agree, from a fixed list of names.
    struct Mismatch: Error {
        let what: String

        init(_ what: String) { self.what = what }

        /// Whether the result is only larger than what was asked for.
        var isAboutSize: Bool { what == "result size" }
    }
}
