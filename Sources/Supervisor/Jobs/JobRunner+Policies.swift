import ImageVocabulary
import NIOPosix
import SandboxPolicy
import Synchronization

/// Other policies than those of the start.
extension JobRunner {
    /// Policies that were read and compiled, and are not served yet.
    struct Candidates: Sendable {
        fileprivate let policies: [ServedPolicy]

        /// The widest limits that any of them has.
        var limits: JobLimits { ServedPolicy.widestLimits(of: policies) }
        /// The formats that they cover.
        var formats: [ImageFormat] { policies.flatMap(\.formats) }
        /// What their authors should know although they can be served.
        var warnings: [PolicyDiagnostic] { policies.flatMap(\.file.warnings) }
    }

    /// Reads policy files anew, to serve by them.
    ///
    /// - Throws: ``StartFailure`` when one of them cannot be served.
    func read(policies paths: [String]) async throws(StartFailure) -> Candidates {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                Candidates(
                    policies: try ServedPolicy.load(
                        paths, for: self.settings.formats, self.settings.heldCalls
                    ).served)
            }
        } catch {
            throw error as? StartFailure ?? .noAnswer("\(error)")
        }
    }

    /// Serves by other policies: all of them, or none when one of them cannot be had or fails with an
    /// image. Jobs that run are not disturbed. Policies that are served already keep their zygotes.
    ///
    /// - Parameters:
    ///   - time: what an image that tries a policy may take.
    ///   - whenServed: called in the moment of the change, which it is part of.
    /// - Returns: the names of the policies that are different now.
    /// - Throws: what speaks against which policy; everything is as it was then.
    func serve(
        _ candidates: Candidates, trying time: Duration,
        whenServed: @escaping @Sendable () -> Void
    ) async throws(JobDispatch.Refusal) -> [String] {
        let new = candidates.policies
        let old = served.withLock { $0 }
        let changed = ServedPolicy.differences(between: old, new)
        guard !changed.isEmpty else {
            whenServed()
            return []
        }
        let failures = await dispatch.replacePools(by: new, origin) { pool in
            await self.tryOut(pool, within: time)
        } whenReplaced: {
            self.served.withLock { $0 = new }
            whenServed()
        }
        guard failures.isEmpty else { throw JobDispatch.Refusal(failures: failures) }
        return changed
    }
}

extension StartFailure {
    /// What refuses a start although some of its policies can be had: a layer that is missing, or
    /// formats that no library can read. Also the first reason when none can be had.
    static func refusal(
        of policies: [ServedPolicy], _ failures: [JobDispatch.PoolFailure]
    ) -> StartFailure? {
        if let posture = failures.first(where: { $0.reason.isPostureNotMet }) {
            return posture.reason
        }
        let shortages = failures.compactMap { failure -> FormatShortage? in
            if case .formats(let shortage) = failure.reason { shortage } else { nil }
        }
        if var shortage = FormatShortage.sum(shortages) {
            shortage.others = policies.flatMap(\.formats)
            return .formats(shortage)
        }
        return failures.count == policies.count ? failures.first?.reason : nil
    }
}
