import ImageVocabulary
import NIOCore
import RequestSyntax

/// The inputs of one job: the image, and what is put upon it.
struct Inputs: Sendable {
    let image: CollectedSource
    /// The images beside it, in the order of their numbers on the wire.
    var companions: [CollectedSource] = []
    let origin: ImageOrigin

    /// What came of looking for them.
    enum Found: Sendable {
        case all(Inputs)
        /// The client has the image already.
        case unchanged(ImageOrigin)
    }

    /// What counts for all of them.
    var shares: [MemoryBudget.Share] { [image.share] + companions.map(\.share) }
}

extension JobRunner {
    /// The plans without formats that the client accepts, did not ask for, and that nobody here writes.
    func offering(_ plans: [Plan], of inputs: Inputs) -> [Plan] {
        let companions = inputs.companions.map(\.source.format)
        return plans.map { plan in
            var plan = plan
            plan.choice.accepted.removeAll { format in
                var wish = Plan()
                wish.format = format
                let need = JobNeed(
                    inputs.image.source.format, companions: companions, plans: [wish])
                return !unwritable(need).isEmpty
            }
            return plan
        }
    }

    /// What a job with these inputs may cost: by the policy that it runs under, and no more than was
    /// configured.
    ///
    /// - Throws: a ``Problem`` for inputs and results that no policy covers, or inputs that are too
    ///   large.
    func limits(
        for inputs: Inputs, _ plans: [Plan], within configured: JobLimits, _ client: Client
    ) throws(Problem) -> JobLimits {
        let source = inputs.image.source
        guard limits(for: source.format) != nil else {
            logRefusal(of: source.format, requestID: client.requestID.text)
            throw Problem(.unsupported(source.format.name), reading: formats)
        }
        let companions = inputs.companions.map(\.source)
        let need = JobNeed(source.format, companions: companions.map(\.format), plans: plans)
        guard let most = limits(for: need) else {
            let types = companions.map(\.format.name).joined(separator: ", ")
            throw .unsupportedType(
                "An image of the type \(types) cannot be put upon one of the type "
                    + "\(source.format.name) here. Name another watermark.")
        }
        if let lack = unwritable(need).first {
            throw Problem(cannotMake: lack, of: ImageFormat.outputs.filter { $0 != lack })
        }
        return try configured.narrowed(to: most, for: source, beside: companions)
    }
}

extension JobLimits {
    /// The lower of these and of those of the policy that covers the input's format. Until the
    /// format was known the widest policy's limit held for its bytes.
    ///
    /// - Parameter companions: all inputs together are held against the policy's limit alone: the
    ///   configured one is for what a client sends.
    func narrowed(
        to policy: JobLimits, for source: SourceBytes, beside companions: [SourceBytes] = []
    ) throws(Problem) -> JobLimits {
        var limits = lowered(to: policy)
        guard source.bytes.readableBytes <= limits.inputBytes else {
            throw .overLimit(.inputBytes, limits.inputBytes)
        }
        let total = companions.reduce(UInt64(source.bytes.readableBytes)) {
            $0 + UInt64($1.bytes.readableBytes)
        }
        guard total <= policy.inputBytes else {
            throw .overLimit(.inputBytes, policy.inputBytes)
        }
        limits.inputBytes = max(limits.inputBytes, total)
        return limits
    }
}
