import ImageVocabulary
import WireProtocol

@testable import Sandbox

extension SyntheticImages {
    /// Each pixel says where it stands: column, row and 7. Sides of at most 256.
    static func places(_ width: Int, _ height: Int) -> [UInt8] {
        png(width, height) { x, y in [UInt8(x), UInt8(y), 7] }
    }

    static func plain(_ width: Int, _ height: Int, _ pixel: [UInt8]) -> [UInt8] {
        png(width, height, channels: pixel.count) { _, _ in pixel }
    }
}

extension Engine {
    /// The pixels that a plan makes of a PNG.
    func pixels(
        _ input: [UInt8], _ plan: Plan, and watermark: [UInt8]? = nil
    ) throws -> DecodedImage {
        var plan = plan
        plan.format = plan.format ?? .png
        guard let watermark else { return try DecodedImage(try process(input, plan), .png) }
        let length = UInt64(input.count)
        let job = JobMessage(
            operation: .process, limits: JobLimits(),
            inputs: [
                .whole(input, .png),
                JobMessage.Input(
                    offset: length, length: UInt64(watermark.count), format: .png),
            ], plans: [plan])
        return try DecodedImage(try run(job, input + watermark).results[0].bytes, .png)
    }
}

extension DecodedImage {
    var box: [Int] { [width, height] }
}
