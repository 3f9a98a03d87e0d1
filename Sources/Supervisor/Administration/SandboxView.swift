import ImageVocabulary

/// What health and administration need of the sandbox.
protocol SandboxView: Sendable {
    func status() async -> RunnerStatus
    /// Of the policy that covers the format; nil when none does.
    func limits(for format: ImageFormat) -> JobLimits?
    /// Runs a job among a policy's children, whatever policies else cover its format.
    func check(policy: String, _ canary: Job) async throws(JobFailure) -> JobResult
    /// Lets the next zygote take over, for one policy or for all.
    ///
    /// - Returns: the names of the policies whose zygote was changed.
    func rotate(policy: String?) async -> [String]
}

extension JobRunner: SandboxView {}
