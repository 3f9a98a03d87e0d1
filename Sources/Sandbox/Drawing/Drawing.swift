import ImageVocabulary
import WireProtocol

/// The way of a drawing that stays one: it is cleaned, and nothing else is done to it.
enum Drawing {
    static func run(
        variant: UInt8, source: borrowing ImageSource, _ limits: JobLimits,
        report: inout some JobReport
    ) throws(Refusal) {
        guard source.format == .svg else {
            throw Refusal(.notADrawing, "\(source.format.name) is no drawing")
        }
        report.stage(.transforming)
        let drawing = try source.withFile { file throws(Refusal) in
            try DrawingSanitiser.clean(file, atMost: limits.outputBytes)
        }
        report.stage(.encoding)
        let bytes = drawing.span
        for start in stride(from: 0, to: bytes.count, by: Frame.largestChunk) {
            let end = min(start + Frame.largestChunk, bytes.count)
            report.output(variant: variant, chunk: bytes.extracting(start..<end))
        }
        report.done(variant: variant, format: .svg, bytes: UInt64(bytes.count))
    }
}
