import CVips
import ImageVocabulary
import WireProtocol

@testable import Sandbox

/// The libraries, loaded once for the whole test process, and jobs run on them in it.
final class Engine: Sendable {
    static let shared: Engine = {
        let formats = hasAllFormats ? ImageFormat.allCases : outputs + [.ico, .svg]
        do throws(LibraryFailure) {
            return Engine(try ImageLibraries.load(formats: formats))
        } catch {
            fatalError("\(error)")
        }
    }()

    /// Whether this libvips is Debian's, which reads JPEG XL, HEIC, JPEG 2000 and PDF too.
    static let hasAllFormats = vips_version(1) < 15

    /// What it reads and writes.
    static let outputs = ImageFormat.outputs.filter { hasAllFormats || $0 != .jxl }

    /// Used by one test at a time: see ``EngineTests``.
    private struct Libraries: ~Copyable, @unchecked Sendable { let loaded: ImageLibraries }

    private let libraries: Libraries

    private init(_ loaded: consuming ImageLibraries) { libraries = Libraries(loaded: loaded) }

    func run(
        _ job: JobMessage, _ input: [UInt8], into report: inout CollectedReport
    ) throws(Refusal) {
        try ImageJob.run(job, input: input.span, libraries: libraries.loaded, report: &report)
    }

    func run(_ job: JobMessage, _ input: [UInt8]) throws(Refusal) -> CollectedReport {
        var report = CollectedReport()
        try run(job, input, into: &report)
        return report
    }

    /// One image by one plan.
    func process(
        _ input: [UInt8], as format: ImageFormat = .png, _ plan: Plan,
        limits: JobLimits = JobLimits()
    ) throws(Refusal) -> [UInt8] {
        let job = JobMessage(
            operation: .process, limits: limits, inputs: [.whole(input, format)], plans: [plan])
        return try run(job, input).results[0].bytes
    }

    func facts(
        _ input: [UInt8], as format: ImageFormat, limits: JobLimits = JobLimits()
    ) throws(Refusal) -> ImageFacts? {
        let job = JobMessage(
            operation: .info, limits: limits, inputs: [.whole(input, format)], plans: [])
        return try run(job, input).facts
    }
}

extension JobMessage.Input {
    static func whole(_ bytes: [UInt8], _ format: ImageFormat) -> JobMessage.Input {
        JobMessage.Input(offset: 0, length: UInt64(bytes.count), format: format)
    }
}

/// Everything a job reported, in order.
struct CollectedReport: JobReport {
    struct Result: Equatable {
        var bytes: [UInt8] = []
        var format: ImageFormat?
        var announced: UInt64?
    }

    var stages: [Stage] = []
    var facts: ImageFacts?
    var details: ImageDetails?
    var results: [Result] = []
    var largestChunk = 0

    mutating func stage(_ stage: Stage) { stages.append(stage) }

    mutating func facts(_ facts: ImageFacts) { self.facts = facts }

    mutating func details(_ details: ImageDetails) { self.details = details }

    mutating func output(variant: UInt8, chunk: Span<UInt8>) {
        largestChunk = max(largestChunk, chunk.count)
        while results.count <= Int(variant) { results.append(Result()) }
        for index in chunk.indices { results[Int(variant)].bytes.append(chunk[index]) }
    }

    mutating func done(variant: UInt8, format: ImageFormat, bytes: UInt64) {
        results[Int(variant)].format = format
        results[Int(variant)].announced = bytes
    }
}

/// An image of 8 bits a channel, decoded by libvips straight from its loader, without the steps.
struct DecodedImage {
    let width: Int
    let height: Int
    let bands: Int
    let fields: [String]
    /// Milliseconds for each frame of an animation.
    let delays: [CInt]?
    let loops: Int?
    let pixelsPerMillimetre: Double
    private let pixels: [UInt8]

    init(
        _ bytes: [UInt8], _ format: ImageFormat, _ pages: PageSelection = .first
    ) throws {
        let image = try unsafe bytes.span.withUnsafeBytes { memory in
            // Pixels are computed before the bytes go away.
            try unsafe ImageSource(format, memory).open(.full, pages).copiedToMemory()
        }
        try self.init(image)
    }

    /// An image of 8 bits a channel, computed now.
    init(_ image: borrowing VipsImageRef) throws {
        let image = try image.copiedToMemory()
        width = image.width
        height = image.height
        bands = image.bands
        fields = image.fields
        delays = image.integers("delay")
        loops = image.integer("loop")
        // Reads the header of a live image.
        pixelsPerMillimetre = unsafe vips_image_get_xres(image.pointer)
        // An image in memory has its pixels side by side.
        pixels = unsafe Array(
            UnsafeRawBufferPointer(
                start: vips_image_get_data(image.pointer),
                count: image.width * image.height * image.bands))
    }

    subscript(_ x: Int, _ y: Int) -> [UInt8] {
        let start = (y * width + x) * bands
        return Array(pixels[start..<(start + bands)])
    }

    /// Whether the pixel there is the one expected, within what lossy encoding changes.
    func looks(_ expected: [UInt8], at x: Int, _ y: Int, tolerance: Int = 12) -> Bool {
        let found = self[x, y]
        return found.count >= expected.count
            && zip(found, expected).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }
    }
}
