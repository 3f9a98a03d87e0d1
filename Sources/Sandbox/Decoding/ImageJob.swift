import ImageVocabulary
import WireProtocol

/// A child's one job, from the first look at the bytes to the last byte of the result.
enum ImageJob {
    /// Runs a job on the input memory, which must hold still until this returns.
    ///
    /// The order is the point: what the bytes are is settled before a decoder is chosen, what the
    /// header announces before a pixel is decoded.
    static func run(
        _ job: JobMessage, input: Span<UInt8>, libraries: borrowing ImageLibraries,
        report: inout some JobReport
    ) throws(Refusal) {
        guard let main = job.inputs.first, let range = main.range(in: input.count) else {
            throw .outOfInput
        }
        let bytes = input.extracting(range)

        report.stage(.sniffing)
        try libraries.sniffer.require(main.format, bytes)
        let companions = try companions(job, input, libraries)

        // Everything that points into the memory is made and dropped within this closure.
        try unsafe bytes.withUnsafeBytes { memory throws(Refusal) in
            report.stage(.decodingHeader)
            var source = unsafe ImageSource(main.format, memory)
            source.companions = companions
            guard job.plans.isEmpty || !job.plans.allSatisfy(\.keepsDrawing) else {
                try keep(job, source, &report)
                return
            }
            let facts = try header(of: source)
            try job.limits.check(facts.drawn(within: job.limits))
            report.facts(facts.drawn(within: job.limits))
            guard job.operation == .process else {
                report.details(
                    try DetailsReader.read(job.wishes, of: source, facts, job.limits, &report))
                return
            }
            try Pipeline.run(
                job.plans, source: source, facts: facts, limits: job.limits, report: &report)
        }
    }

    /// The other inputs, of which the bytes are what they are said to be and the headers announce no
    /// more than is allowed.
    private static func companions(
        _ job: JobMessage, _ input: Span<UInt8>, _ libraries: borrowing ImageLibraries
    ) throws(Refusal) -> Companions {
        guard job.inputs.count > 1 else { return Companions() }
        // The input holds still and outlives the job.
        let companions = try unsafe input.withUnsafeBytes { memory throws(Refusal) in
            try unsafe Companions(job, in: memory)
        }
        for number in 1..<job.inputs.count {
            guard let range = job.inputs[number].range(in: input.count) else { throw .outOfInput }
            try libraries.sniffer.require(job.inputs[number].format, input.extracting(range))
            let source = try companions.source(UInt8(clamping: number))
            try job.limits.check(try header(of: source))
        }
        return companions
    }

    /// A drawing that stays one is never shown to libvips, so that what cleans it is not broken by what
    /// draws. Its size is not asked for.
    private static func keep(
        _ job: JobMessage, _ source: borrowing ImageSource, _ report: inout some JobReport
    ) throws(Refusal) {
        guard source.format == .svg else {
            throw Refusal(.notADrawing, "\(source.format.name) is no drawing")
        }
        report.facts(
            ImageFacts(
                format: .svg, width: 1, height: 1, frames: 1, bands: 4, bitsPerChannel: 8,
                hasAlpha: true, orientation: 1, hasProfile: false))
        for index in job.plans.indices {
            try Drawing.run(
                variant: UInt8(clamping: index), source: source, job.limits, report: &report)
        }
    }

    static func header(of source: borrowing ImageSource) throws(Refusal) -> ImageFacts {
        do throws(VipsFailure) {
            return try source.facts()
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }
}

extension JobMessage.Input {
    /// The input's place in memory of that many bytes, nil when it reaches beyond.
    func range(in count: Int) -> Range<Int>? {
        guard let start = Int(exactly: offset), let length = Int(exactly: length) else {
            return nil
        }
        let (end, overflow) = start.addingReportingOverflow(length)
        return overflow || end > count ? nil : start..<end
    }
}

/// Where a job's progress and results go: in a child the result pipe, in a test an array.
///
/// The functions do not throw. A child whose pipe is gone has nobody left to answer, so its
/// implementation ends the process.
protocol JobReport {
    /// What the child is about to do.
    mutating func stage(_ stage: Stage)
    /// What the header says, once it is within the limits.
    mutating func facts(_ facts: ImageFacts)
    /// What else the source says of itself.
    mutating func details(_ details: ImageDetails)
    /// The next bytes of a result, at most ``Frame/largestChunk`` of them.
    mutating func output(variant: UInt8, chunk: Span<UInt8>)
    /// A result is complete.
    mutating func done(variant: UInt8, format: ImageFormat, bytes: UInt64)
}

/// Where the report goes of what is no job, or not all of one.
struct SilentReport: JobReport {
    func stage(_ stage: Stage) {}
    func facts(_ facts: ImageFacts) {}
    func details(_ details: ImageDetails) {}
    func output(variant: UInt8, chunk: Span<UInt8>) {}
    func done(variant: UInt8, format: ImageFormat, bytes: UInt64) {}
}

/// Why a child does not deliver a result: the verdict that the supervisor acts on, and a text for
/// the operator. The text may repeat bytes of the image: untrusted.
struct Refusal: Error, Equatable {
    var verdict: Verdict
    /// At most ``VipsFailure/largestText`` bytes.
    var text: [UInt8]

    static let outOfInput = Refusal(
        .brokenImage, "the job names bytes that the input does not have")

    init(_ verdict: Verdict, _ text: String) {
        self.init(verdict, VipsFailure(text))
    }

    /// A failure of libvips under the verdict that its place deserves. Memory that is not there is
    /// never the image's fault.
    init(_ verdict: Verdict, _ failure: VipsFailure) {
        guard failure.isOutOfMemory else {
            self.verdict = verdict
            text = failure.text
            return
        }
        self.verdict = .processingFailed
        text = Array(
            (Array(Verdict.memoryMark.utf8) + failure.text).prefix(VipsFailure.largestText))
    }
}
