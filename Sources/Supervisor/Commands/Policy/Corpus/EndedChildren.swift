import Synchronization

/// Keeps what became of each child until somebody who knows its job's id asks for it.
final class EndedChildren: ChildObserver {
    private struct State {
        var ended: [String: EndedChild] = [:]
        var waiting: [String: CheckedContinuation<EndedChild?, Never>] = [:]
    }

    private let state = Mutex(State())

    func childEnded(_ child: EndedChild) {
        guard let id = child.job?.requestID else { return }
        let waiting = state.withLock { state -> CheckedContinuation<EndedChild?, Never>? in
            if let waiting = state.waiting.removeValue(forKey: id) { return waiting }
            state.ended[id] = child
            return nil
        }
        waiting?.resume(returning: child)
    }

    /// Longer than any child needs to end that has answered, or was killed.
    private static let patience = Duration.seconds(10)

    /// Waits until nothing more can be learnt of the child that had this job; nil where none comes,
    /// because no child ever had it. Once for each job.
    func child(of id: String) async -> EndedChild? {
        let limit = Task {
            try await Task.sleep(for: Self.patience)
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: nil)
        }
        defer { limit.cancel() }
        return await withCheckedContinuation { continuation in
            let ended = state.withLock { state -> EndedChild? in
                if let ended = state.ended.removeValue(forKey: id) { return ended }
                state.waiting[id] = continuation
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}
