import Synchronization

/// Looks names up for many requests: a name once at a time however many ask for it, few names at a
/// time, and fewer of those that end alike. A look-up cannot be stopped, and one that hangs may take
/// half a minute: it holds its place here, and no request. Names that were found a while ago go on
/// being found meanwhile, where they were: their addresses are vetted as any.
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
        /// What was found, for when there is no place to look again.
        var known: [String: (addresses: [NetworkAddress], until: ContinuousClock.Instant)] = [:]
    }

    private let lookup: any NameLookup
    /// Most names at a time.
    private let most: Int
    private let work = Mutex(Work())

    /// How long an answer may stand in for a new one, and how many of them are kept.
    private static let memory = Duration.seconds(60)
    private static let mostKnown = 1_024

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
            guard isUnderWay || hasPlace(for: name, beside: work.waiting.keys) else {
                guard let known = work.known[name], .now < known.until else {
                    return .answer(.busy)
                }
                return .answer(.addresses(known.addresses))
            }
            work.waiting[name, default: [:]][number] = continuation
            return isUnderWay ? .wait : .lookUp
        }
        switch step {
        case .wait: break
        case .answer(let found): continuation.resume(returning: found)
        case .lookUp:
            Task {
                let addresses = await self.lookup.addresses(of: name)
                let waiting = self.work.withLock { work in
                    Self.note(addresses, of: name, in: &work)
                    return work.waiting.removeValue(forKey: name)
                }
                for continuation in (waiting ?? [:]).values {
                    continuation.resume(returning: .addresses(addresses))
                }
            }
        }
    }

    /// Who has a domain may let all of its names hang: they get a quarter of the places.
    private func hasPlace(for name: String, beside others: some Collection<String>) -> Bool {
        guard others.count < most else { return false }
        let parent = Self.parent(of: name)
        return others.count { Self.parent(of: $0) == parent } < max(1, most / 4)
    }

    /// The last two labels.
    private static func parent(of name: String) -> Substring {
        let dots = name.indices.filter { name[$0] == "." }
        guard dots.count > 1 else { return name[...] }
        return name[name.index(after: dots[dots.count - 2])...]
    }

    private static func note(
        _ addresses: [NetworkAddress], of name: String, in work: inout Work
    ) {
        guard !addresses.isEmpty else { return }
        if work.known.count >= mostKnown {
            work.known = work.known.filter { $0.value.until > .now }
        }
        if work.known.count >= mostKnown { work.known = [:] }
        work.known[name] = (addresses, .now + memory)
    }
}
