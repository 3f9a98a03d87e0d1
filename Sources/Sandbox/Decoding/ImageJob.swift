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
            throw Refusal(.brokenImage, "the job names bytes that the input does not have")
        }
        let bytes = input.extracting(range)

        report.stage(.sniffing)
        try libraries.sniffer.require(main.format, bytes)

        // Everything that points into the memory is made and dropped within this closure.
        try unsafe bytes.withUnsafeBytes { memory throws(Refusal) in
            report.stage(.decodingHeader)
            let source = unsafe ImageSource(main.format, memory)
            let facts = try header(of: source)
            try job.limits.check(facts)
            report.facts(facts)
            guard job.operation == .process else { return }

            for (index, plan) in job.plans.enumerated() {
                try Pipeline.run(
                    plan, variant: UInt8(clamping: index), source: source, facts: facts,
                    limits: job.limits, report: &report)
            }
        }
    }

    private static func header(of source: borrowing ImageSource) throws(Refusal) -> ImageFacts {
        do throws(VipsFailure) {
            return source.facts(of: try source.open())
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }
}

extension JobMessage.Input {
    /// The input's place in memory of that many bytes, nil when it reaches beyond.
    fileprivate func range(in count: Int) -> Range<Int>? {
        guard let start = Int(exactly: offset), let length = Int(exactly: length) else {
            return nil
        }
        let (end, overflow) = start.addingReportingOverflow(length)
        return overflow || end > count ? nil : start..<end
    }
}
