import Synchronization

/// Looks names up for many requests: a name once at a time however many ask for it, and few names at
/// a time. A look-up cannot be stopped, and one that hangs may take half a minute: it holds its place
/// here, and no request.
final class LookupDesk: Sendable {
    private enum Found: Sendable {
        case addresses([NetworkAddress])
        case busy
        case late
    }

    private struct Work {
        /// Who waits for each name that is looked up; nobody where all have gone away.
        var waiting: [String: [Int: CheckedContinuation<Found, Never>]] = [:]
        var last = 0
    }

    private let lookup: any NameLookup
    /// Most names at a time.
    private let most: Int
    private let work = Mutex(Work())

    init(_ lookup: any NameLookup, most: Int = SystemLookup.threads) {
        self.lookup = lookup
        self.most = most
    }

    /// Names that are looked up now.
    var names: Int { work.withLock { $0.waiting.count } }
    /// Requests that wait for one.
    var waiting: Int { work.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

    /// All addresses of a name.
    ///
    /// - Throws: ``SourceFailure/noSuchHost`` for a name without any, ``SourceFailure/busy`` and
    ///   ``SourceFailure/timeout``, the last also when the task is cancelled.
    func addresses(
        of name: String, until deadline: ContinuousClock.Instant
    ) async throws(SourceFailure) -> [NetworkAddress] {
        switch await withDeadline(deadline, { await self.wait(for: name) }) {
        case .addresses(let addresses):
            guard !addresses.isEmpty else { throw .noSuchHost }
            return addresses
        case .busy: throw .busy
        case .late, nil: throw .timeout
        }
    }

    private func wait(for name: String) async -> Found {
        let number = work.withLock { work in
            work.last += 1
            return work.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { begin(name, number, $0) }
        } onCancel: {
            let left = work.withLock { $0.waiting[name]?.removeValue(forKey: number) }
            left?.resume(returning: .late)
        }
    }

    private func begin(
        _ name: String, _ number: Int, _ continuation: CheckedContinuation<Found, Never>
    ) {
        enum Step {
            case wait, lookUp
            case answer(Found)
        }
        let step: Step = work.withLock { work in
            // Who is cancelled before this has not been found here, and is never looked for again.
            guard !Task.isCancelled else { return .answer(.late) }
            let isUnderWay = work.waiting[name] != nil
            guard isUnderWay || work.waiting.count < most else { return .answer(.busy) }
            work.waiting[name, default: [:]][number] = continuation
            return isUnderWay ? .wait : .lookUp
        }
        switch step {
        case .wait: break
        case .answer(let found): continuation.resume(returning: found)
        case .lookUp:
            Task {
                let addresses = await self.lookup.addresses(of: name)
                let waiting = self.work.withLock { $0.waiting.removeValue(forKey: name) }
                for continuation in (waiting ?? [:]).values {
                    continuation.resume(returning: .addresses(addresses))
                }
            }
        }
    }
}
