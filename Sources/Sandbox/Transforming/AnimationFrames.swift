import ImageVocabulary

/// Brings each frame of an animation through the steps, as if it were an image of its own, and puts
/// what comes out below each other again.
enum AnimationFrames {
    /// - Parameter canvas: has the strip of all frames.
    static func finish(
        _ canvas: consuming Canvas, _ source: borrowing ImageSource, _ part: SourcePart,
        _ report: inout some JobReport
    ) throws(Refusal) -> Canvas {
        let count = part.pages.count
        let height = canvas.image.integer("page-height") ?? canvas.image.height / count
        guard height > 0, height * count == canvas.image.height else {
            throw Refusal(.brokenImage, "\(count) frames in \(canvas.image.height) rows")
        }
        // The stages of one frame are not those of the job.
        var quiet = SilentReport()
        var frame = try self.frame(0, height, of: canvas, part)
        try Pipeline.applySteps(&frame, source, isFrame: true, &quiet)
        // What smart gravity found in the first frame holds for all.
        let found = frame.found
        let strip: VipsImageRef
        do throws(VipsFailure) {
            strip = try frame.image.emptyCopy(of: count)
        } catch {
            throw Refusal(.processingFailed, error)
        }
        try append(frame, to: strip, 0)
        if !canvas.isInMemory { report.stage(.transforming) }
        for index in 1..<count {
            frame = try self.frame(index, height, of: canvas, part)
            frame.found = found
            try Pipeline.applySteps(&frame, source, isFrame: true, &quiet)
            try append(frame, to: strip, index)
        }
        strip.set("page-height", strip.height / count)
        if let delays = canvas.image.integers("delay") { strip.set("delay", delays) }
        if let loop = canvas.image.integer("loop") { strip.set("loop", loop) }
        canvas.image = strip
        do throws(VipsFailure) {
            try Watermarking.apply(&canvas, source, frames: count)
        } catch {
            throw Refusal(.processingFailed, error)
        }
        return canvas
    }

    private static func frame(
        _ index: Int, _ height: Int, of canvas: borrowing Canvas, _ part: SourcePart
    ) throws(Refusal) -> Canvas {
        do throws(VipsFailure) {
            let operation = try VipsOperation("extract_area")
            try operation.set("input", canvas.image)
            try operation.set("left", 0)
            try operation.set("top", index * height)
            try operation.set("width", canvas.image.width)
            try operation.set("height", height)
            // Frames are always computed anew, whatever the strip is.
            return Canvas(canvas.plan, canvas.output, part, image: try operation.image())
        } catch {
            throw Refusal(.processingFailed, error)
        }
    }

    private static func append(
        _ frame: borrowing Canvas, to strip: borrowing VipsImageRef, _ index: Int
    ) throws(Refusal) {
        do throws(VipsFailure) {
            try frame.image.write(into: strip, at: index * frame.image.height)
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }
}
