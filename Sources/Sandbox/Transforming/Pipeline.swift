import ImageVocabulary
import WireProtocol

/// From plans to encoded results: the steps, in the order in which they are applied.
enum Pipeline {
    /// The order is imgproxy's, behind its first step, ``ScaleOnLoad``, by which the source is
    /// opened. A step that has nothing to do leaves the image as it is.
    static let steps: [Step] = [
        Step(WorkingColour.apply),
        Step(AreaCropping.apply, needsMemory: AreaCropping.needsMemory),
        Step(Scaling.apply),
        Step(Turning.apply, needsMemory: Turning.needsMemory),
        Step(ResultCropping.apply, needsMemory: ResultCropping.needsMemory),
        Step(Adjusting.apply),
        Step(Filtering.apply, needsMemory: Filtering.needsMemory),
        Step(Pixelating.apply, needsMemory: Pixelating.needsMemory),
        Step(Surroundings.apply),
        Step(FormatSize.apply),
        Step(Flattening.apply),
        Step(Watermarking.apply, isPerFrame: false),
        Step(OutputColour.apply),
        Step(Metadata.apply),
        Step(ResultHeader.apply),
    ]

    /// One step of the list.
    struct Step: Sendable {
        /// Puts the next image in the place of the canvas' image.
        let apply: Apply
        /// Whether the step reads pixels in another order than top to bottom and once, which is
        /// all that a decoder gives.
        let needsMemory: Question
        /// Whether each frame of an animation goes through it by itself.
        let isPerFrame: Bool

        typealias Apply =
            @Sendable (inout Canvas, borrowing ImageSource) throws(VipsFailure) -> Void
        typealias Question = @Sendable (borrowing Canvas) -> Bool

        init(
            _ apply: @escaping Apply, isPerFrame: Bool = true,
            needsMemory: @escaping Question = { _ in false }
        ) {
            self.apply = apply
            self.isPerFrame = isPerFrame
            self.needsMemory = needsMemory
        }
    }

    /// Reports one result for each plan, in their order. Plans that follow each other and use the
    /// same part of the source share one decoded image, as large as the most demanding needs it.
    static func run(
        _ plans: [Plan], source: borrowing ImageSource, facts: ImageFacts, limits: JobLimits,
        report: inout some JobReport
    ) throws(Refusal) {
        var start = 0
        while start < plans.count {
            guard !plans[start].keepsDrawing else {
                try Drawing.run(
                    variant: UInt8(clamping: start), source: source, limits, report: &report)
                start += 1
                continue
            }
            let part = try SourcePart(plans[start], of: source, facts, limits)
            var need = try Canvas.need(plans[start], facts, part, limits)
            var end = start + 1
            while end < plans.count, !plans[end].keepsDrawing {
                let other = try SourcePart(plans[end], of: source, facts, limits)
                guard part.isSame(as: other) else { break }
                need = need.covering(try Canvas.need(plans[end], facts, part, limits))
                end += 1
            }
            report.stage(.decoding)
            let image = try open(source, need, part)
            if end == start + 1 {
                let canvas = try Canvas.make(plans[start], facts, part, limits, image: image)
                try write(
                    try finish(canvas, source, part, &report), UInt8(clamping: start), limits,
                    &report)
            } else {
                let whole = try image.decoded()
                for index in start..<end {
                    report.stage(.transforming)
                    let canvas = try Canvas.make(
                        plans[index], facts, part, limits, image: whole.shared(), isInMemory: true)
                    try write(
                        try finish(canvas, source, part, &report), UInt8(clamping: index), limits,
                        &report)
                }
            }
            start = end
        }
    }

    /// Everything but the encoder, on this thread alone where the decoder starts none.
    static func pixels(
        _ plan: Plan, source: borrowing ImageSource, facts: ImageFacts, limits: JobLimits,
        _ report: inout some JobReport
    ) throws(Refusal) -> Canvas {
        let part = try SourcePart(plan, of: source, facts, limits)
        let need = try Canvas.need(plan, facts, part, limits)
        report.stage(.decoding)
        let image = try open(source, need, part)
        let canvas = try Canvas.make(plan, facts, part, limits, image: image)
        return try finish(canvas, source, part, &report)
    }

    private static func open(
        _ source: borrowing ImageSource, _ need: ScaleOnLoad.Need, _ part: SourcePart
    ) throws(Refusal) -> VipsImageRef {
        do throws(VipsFailure) {
            if part.mayBePreview {
                let preview = try source.open(.preview, part.pages)
                if preview.width >= need.size.width, preview.height >= need.size.height {
                    return preview
                }
            }
            return try source.open(need.scale, part.pages)
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }

    private static func finish(
        _ canvas: consuming Canvas, _ source: borrowing ImageSource, _ part: SourcePart,
        _ report: inout some JobReport
    ) throws(Refusal) -> Canvas {
        guard !part.pages.isAnimation else {
            return try AnimationFrames.finish(canvas, source, part, &report)
        }
        try applySteps(&canvas, source, &report)
        if canvas.isInMemory {
            // Steps behind the one that needed memory; encoders that read twice must not have them
            // computed twice.
            if canvas.readsAgain { try canvas.moveToMemory() }
        } else {
            try decode(&canvas, &report)
        }
        return canvas
    }

    /// - Parameter isFrame: whether the canvas has one frame of an animation, to be joined with others.
    static func applySteps(
        _ canvas: inout Canvas, _ source: borrowing ImageSource, isFrame: Bool = false,
        _ report: inout some JobReport
    ) throws(Refusal) {
        for step in steps where !isFrame || step.isPerFrame {
            if step.needsMemory(canvas) { try decode(&canvas, &report) }
            do throws(VipsFailure) {
                try step.apply(&canvas, source)
            } catch {
                throw Refusal(.processingFailed, error)
            }
        }
    }

    /// Everything before this was preparation; the decoder runs here.
    private static func decode(
        _ canvas: inout Canvas, _ report: inout some JobReport
    ) throws(Refusal) {
        guard !canvas.isInMemory else { return }
        try canvas.moveToMemory()
        report.stage(.transforming)
    }

    private static func write(
        _ canvas: consuming Canvas, _ variant: UInt8, _ limits: JobLimits,
        _ report: inout some JobReport
    ) throws(Refusal) {
        report.stage(.encoding)
        let encoded = try ImageEncoder.encode(canvas, limits)
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
            report.done(variant: variant, format: encoded.format, bytes: UInt64(bytes.count))
        }
    }
}
