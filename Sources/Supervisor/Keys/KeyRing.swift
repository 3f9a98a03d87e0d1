import Crypto
import RequestSyntax
import Synchronization

/// The keys that are accepted now, wherever they come from.
///
/// They are looked up by digests of secrets of 178 bits, in a table whose hash has a seed of this
/// process: what a look-up takes tells nothing that helps to guess one. A key that is not there takes
/// as long as one that is.
final class KeyRing: Sendable {
    /// A key, and by what it is known.
    struct Entry: Equatable, Sendable {
        var key: APIKey
        var code: KeyCode
        /// The code of before its last change, and until when that is accepted, in seconds since 1970.
        var old: (code: KeyCode, until: Int64)?

        static func == (one: Entry, other: Entry) -> Bool {
            one.key == other.key && one.code == other.code && one.old?.code == other.old?.code
                && one.old?.until == other.old?.until
        }
    }

    private struct Known {
        let key: APIKey
        /// Seconds since 1970; nil for one without an end of its own, the least number for one that
        /// is revoked.
        let until: Int64?
    }

    private struct Entries {
        var stored: [Entry] = []
        /// Refused, and known for the log.
        var revoked: [Entry] = []
        var declared: [Entry] = []
    }

    private struct State {
        var known: [KeyCode: Known] = [:]
        /// When each key was last used, in seconds since 1970, since ``takeUses()``.
        var uses: [String: Int64] = [:]
        /// The same since the start.
        var last: [String: Int64] = [:]
    }

    private let pepper: SymmetricKey
    /// Held while the table is made, which requests do not wait for.
    private let entries = Mutex(Entries())
    private let state = Mutex(State())

    /// - Parameter pepper: what stored keys are hashed with.
    init(pepper: SymmetricKey = SymmetricKey(size: .bits256)) {
        self.pepper = pepper
    }

    /// Puts the keys of the store in the place of those there were.
    ///
    /// - Parameter revoked: those of the store that are accepted no more.
    func replace(stored entries: [Entry], revoked: [Entry] = []) {
        change { ($0.stored, $0.revoked) = (entries, revoked) }
    }

    /// Puts some keys of the store in the place of what they were; the others stay.
    ///
    /// - Parameter revoked: as above.
    func put(stored entries: [Entry], revoked: [Entry] = []) {
        let changed = Set((entries + revoked).map(\.key.id))
        change { state in
            state.stored.removeAll { changed.contains($0.key.id) }
            state.revoked.removeAll { changed.contains($0.key.id) }
            state.stored += entries
            state.revoked += revoked
        }
    }

    /// Puts the keys of the configuration in the place of those there were.
    func replace(declared entries: [Entry]) {
        change { $0.declared = entries }
    }

    private func change(_ work: (inout Entries) -> Void) {
        entries.withLock { entries in
            work(&entries)
            var known: [KeyCode: Known] = [:]
            for entry in entries.revoked {
                known[entry.code] = Known(key: entry.key, until: .min)
            }
            // What is declared under an id of the store could not be revoked by that id.
            let taken = Set((entries.stored + entries.revoked).map(\.key.id))
            let declared = entries.declared.filter { !taken.contains($0.key.id) }
            for entry in declared + entries.stored {
                known[entry.code] = Known(key: entry.key, until: nil)
                if let old = entry.old {
                    known[old.code] = Known(key: entry.key, until: old.until)
                }
            }
            let table = known
            state.withLock { $0.known = table }
        }
    }

    /// Those of the configuration.
    var declared: [Entry] { entries.withLock { $0.declared } }

    /// When a key was last used since the start, in seconds since 1970.
    func lastUse(of id: String) -> Int64? { state.withLock { $0.last[id] } }

    /// The key of a text, whether or not it may be used now; nil for none of the ring.
    ///
    /// - Parameter now: seconds since 1970.
    func key(_ text: APIKeyText, now: Int64) -> APIKey? {
        if case .key(let key) = find(text, now: now) { key } else { nil }
    }

    /// The key of a text, or why there is none.
    ///
    /// - Parameter now: seconds since 1970.
    func find(_ text: APIKeyText, now: Int64) -> KeyFinding {
        let keyed = KeyCode(of: text, keyedWith: pepper)
        let plain = KeyCode(plain: text)
        return state.withLock { state in
            // Both, whichever it is.
            let found = [state.known[keyed], state.known[plain]]
            guard let known = found[0] ?? found[1] else { return .unknown }
            guard let until = known.until, until <= now else { return .key(known.key) }
            return until == .min ? .revoked(known.key.id) : .replaced(known.key.id)
        }
    }

    /// Takes about as long as a look-up, for requests that have nothing to look up.
    func pretend() {
        _ = key(Self.nobody, now: 0)
    }

    private static let nobody: APIKeyText = {
        var generator = SystemRandomNumberGenerator()
        return APIKeyText(.live, using: &generator)
    }()

    /// A request with a key was let in.
    func use(_ id: String, now: Int64) {
        state.withLock { state in
            state.uses[id] = max(state.uses[id] ?? 0, now)
            state.last[id] = max(state.last[id] ?? 0, now)
        }
    }

    /// The last uses since they were taken last.
    func takeUses() -> [String: Int64] {
        state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }
}
