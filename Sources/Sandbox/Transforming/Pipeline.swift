import ImageVocabulary
import WireProtocol

/// From one plan to one encoded result: the steps, in the order in which they are applied.
enum Pipeline {
    /// The order is imgproxy's, behind its first step, ``ScaleOnLoad``, by which the canvas is
    /// opened. A step that has nothing to do leaves the image as it is.
    static let steps: [Step] = [
        Step(WorkingColour.apply),
        Step(Scaling.apply),
        Step(Orientation.apply, needsMemory: Orientation.needsMemory),
        Step(Cropping.apply, needsMemory: Cropping.needsMemory),
        Step(Flattening.apply),
        Step(Metadata.apply),
    ]

    /// One step of the list.
    struct Step: Sendable {
        /// Puts the next image in the place of the canvas' image.
        let apply: Apply
        /// Whether the step reads pixels in another order than top to bottom and once, which is
        /// all that a decoder gives.
        let needsMemory: Question

        typealias Apply =
            @Sendable (inout Canvas, borrowing ImageSource) throws(VipsFailure) -> Void
        typealias Question = @Sendable (borrowing Canvas) -> Bool

        init(_ apply: @escaping Apply, needsMemory: @escaping Question = { _ in false }) {
            self.apply = apply
            self.needsMemory = needsMemory
        }
    }

    static func run(
        _ plan: Plan, variant: UInt8, source: borrowing ImageSource, facts: ImageFacts,
        limits: JobLimits, report: inout some JobReport
    ) throws(Refusal) {
        let canvas = try pixels(plan, source: source, facts: facts, limits: limits, &report)
        report.stage(.encoding)
        let encoded: VipsBytes
        do throws(VipsFailure) {
            encoded = try ImageEncoder.encode(canvas)
        } catch {
            throw Refusal(.processingFailed, error)
        }
        try encoded.withBytes { bytes throws(Refusal) in
            guard UInt64(bytes.count) <= limits.outputBytes else {
                throw Refusal(
                    .outputTooLarge, "\(bytes.count) bytes, \(limits.outputBytes) are allowed")
            }
            var start = 0
            while start < bytes.count {
                let end = min(start + Frame.largestChunk, bytes.count)
                report.output(variant: variant, chunk: bytes.extracting(start..<end))
                start = end
            }
            report.done(variant: variant, format: canvas.output, bytes: UInt64(bytes.count))
        }
    }

    /// Everything but the encoder, on this thread alone where the decoder starts none.
    static func pixels(
        _ plan: Plan, source: borrowing ImageSource, facts: ImageFacts, limits: JobLimits,
        _ report: inout some JobReport
    ) throws(Refusal) -> Canvas {
        report.stage(.decoding)
        var canvas = try Canvas(plan, source: source, facts: facts, limits: limits)
        for step in steps {
            if step.needsMemory(canvas) { try decode(&canvas, &report) }
            do throws(VipsFailure) {
                try step.apply(&canvas, source)
            } catch {
                throw Refusal(.processingFailed, error)
            }
        }
        try decode(&canvas, &report)
        return canvas
    }

    /// Everything before this was preparation; the decoder runs here.
    private static func decode(
        _ canvas: inout Canvas, _ report: inout some JobReport
    ) throws(Refusal) {
        guard !canvas.isInMemory else { return }
        try canvas.moveToMemory()
        report.stage(.transforming)
    }
}
