import ImageVocabulary
import WireProtocol

/// What is asked of each image of a corpus: all that a policy's children can be asked for.
enum CorpusTask: Equatable, Sendable {
    /// What the header says.
    case facts
    /// A small result in a format.
    case result(ImageFormat)

    static let all = [CorpusTask.facts] + ImageFormat.outputs.map { .result($0) }

    /// For tables and JSON: `facts`, `to webp`.
    var text: String {
        switch self {
        case .facts: "facts"
        case .result(let format): "to \(format.name)"
        }
    }

    /// Large enough that pixels are decoded in many pieces and encoded in threads, and small enough
    /// that a thousand photographs take minutes.
    private static let side: UInt32 = 300

    func job(
        _ source: SourceBytes, id: String, limits: JobLimits, deadline: ContinuousClock.Instant
    ) -> Job {
        var plan = Plan()
        plan.width = Self.side
        plan.height = Self.side
        if case .result(let format) = self { plan.format = format }
        return Job(
            requestID: id, operation: self == .facts ? .info : .process, input: source,
            plans: self == .facts ? [] : [plan], limits: limits, deadline: deadline)
    }
}
