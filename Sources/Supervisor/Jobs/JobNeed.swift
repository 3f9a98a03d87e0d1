import ImageVocabulary

/// What a job asks of a policy: which formats its children must read, and which they must write.
struct JobNeed: Hashable, Sendable {
    /// The image's format.
    var input: ImageFormat
    /// Those of the images that are put upon it.
    var companions: [ImageFormat] = []
    /// Those of the results, as far as they are known before the header is read.
    var results: [ImageFormat] = []

    init(_ input: ImageFormat) { self.input = input }

    init(_ input: ImageFormat, companions: [ImageFormat], plans: [Plan]) {
        self.input = input
        self.companions = companions
        results = plans.compactMap { plan in
            plan.keepsDrawing
                ? nil
                : plan.format ?? plan.choice.accepted.first ?? (input.isOutput ? input : nil)
        }
    }

    init(_ job: Job) {
        self.init(job.input.format, companions: job.companions.map(\.format), plans: job.plans)
    }

    /// The policy that the job runs under: the one that the image's format belongs to, unless it
    /// cannot read or write all of it and another can.
    ///
    /// - Parameter writes: what a policy's children can write; nil where that is not known yet.
    /// - Returns: nil where no policy reads all of it.
    func choose(
        from policies: [ServedPolicy], writes: (ServedPolicy) -> [ImageFormat]?
    ) -> ServedPolicy? {
        let reading = policies.filter { $0.reads(self) }
        let inOrder =
            reading.filter { $0.formats.contains(input) }
            + reading.filter { !$0.formats.contains(input) }
        let writing = inOrder.first { policy in
            guard let written = writes(policy) else { return true }
            return results.allSatisfy(written.contains)
        }
        return writing ?? inOrder.first
    }
}

extension ServedPolicy {
    fileprivate func reads(_ need: JobNeed) -> Bool {
        ([need.input] + need.companions).allSatisfy { formats.contains($0) || also.contains($0) }
    }
}
