import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// Policies are tried with images before they are served.
extension JobRunner {
    /// Sends a canary of each of its formats through a pool that is not served yet, one after the
    /// other: each takes a worker from users' images.
    ///
    /// - Parameter time: what one image may take, waiting included.
    /// - Returns: why the policy should not be served, format by format; empty when every image came
    ///   back as what it is.
    func tryOut(_ pool: ChildPool, within time: Duration) async -> [JobDispatch.PoolFailure] {
        var failures: [JobDispatch.PoolFailure] = []
        for format in pool.policy.formats {
            guard let canary = Canary.of(format) else { continue }
            guard let problem = await problem(with: canary, in: pool, within: time) else {
                continue
            }
            failures.append(
                JobDispatch.PoolFailure(
                    policy: pool.policy.name, reason: .canary(format, problem.text)))
            // What holds up one image holds up all, and users wait meanwhile.
            if problem.isDelay { break }
        }
        return failures
    }

    private struct Problem {
        /// What became of a canary, to stand after it.
        var text: String
        var isDelay = false
    }

    private func problem(
        with canary: Canary, in pool: ChildPool, within time: Duration
    ) async -> Problem? {
        let policy = pool.policy
        let job = canary.job(limits: policy.file.limits.job, deadline: .now + time)
        var text = ""
        // A zygote may die of itself; a second child has another one.
        for _ in 0..<2 {
            let child: Child
            do throws(JobFailure) {
                // In front of all others: a full queue must not keep a service from being mended.
                child = try await dispatch.take(
                    .pool(pool), for: job.identity, deadline: job.deadline, again: true)
            } catch {
                let text = error == .deadline ? "was not sent within \(time)" : "has no children"
                return Problem(text: "\(text); the log says what the service did", isDelay: true)
            }
            let attempt = await give(job, to: child)
            let life = child.life
            let stage = life.stage.map { "failed in the stage '\($0.name)': " } ?? "failed: "
            switch attempt {
            case .done(let result):
                return canary.isShown(by: result)
                    ? nil : Problem(text: "failed: the result is not the image that was sent")
            case .failed(.deadline):
                return Problem(text: "\(stage)not done within \(time)", isDelay: true)
            case .failed(.refused(let verdict)):
                return Problem(
                    text: "\(stage)refused as \(verdict.name); \(policy.answers.possibleCauses)")
            case .failed: return Problem(text: stage + policy.account(of: life))
            case .lost: text = stage + policy.account(of: life)
            }
        }
        return Problem(text: text)
    }
}
