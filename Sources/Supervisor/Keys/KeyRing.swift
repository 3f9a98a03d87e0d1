import Crypto
import RequestSyntax
import Synchronization

/// The keys that are accepted now, wherever they come from.
///
/// They are looked up by a code under a secret of this process, so that what a look-up takes tells
/// nothing of what is in the ring, and a key that is not takes as long as one that is.
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
        /// Seconds since 1970; nil for one without an end of its own.
        let until: Int64?
    }

    private struct State {
        var stored: [Entry] = []
        var declared: [Entry] = []
        var known: [[UInt8]: Known] = [:]
        /// When each key was last used, in seconds since 1970, since ``takeUses()``.
        var uses: [String: Int64] = [:]
    }

    private let secret = SymmetricKey(size: .bits256)
    private let pepper: SymmetricKey
    private let state = Mutex(State())

    /// - Parameter pepper: what stored keys are hashed with.
    init(pepper: SymmetricKey = SymmetricKey(size: .bits256)) {
        self.pepper = pepper
    }

    /// Puts the keys of the store in the place of those there were.
    func replace(stored entries: [Entry]) {
        change { $0.stored = entries }
    }

    /// Puts the keys of the configuration in the place of those there were.
    func replace(declared entries: [Entry]) {
        change { $0.declared = entries }
    }

    private func change(_ work: (inout State) -> Void) {
        state.withLock { state in
            work(&state)
            state.known = [:]
            // What is stored can be revoked at once, so it counts where an id is in both.
            for entry in state.declared + state.stored {
                state.known[code(of: entry.code)] = Known(key: entry.key, until: nil)
                if let old = entry.old {
                    state.known[code(of: old.code)] = Known(key: entry.key, until: old.until)
                }
            }
        }
    }

    /// All keys, declared ones last.
    var keys: [APIKey] { state.withLock { ($0.stored + $0.declared).map(\.key) } }

    var isEmpty: Bool { state.withLock { $0.known.isEmpty } }

    /// The key of a text, whether or not it may be used now; nil for none of the ring.
    ///
    /// - Parameter now: seconds since 1970.
    func key(_ text: APIKeyText, now: Int64) -> APIKey? {
        let keyed = code(of: KeyCode(of: text, keyedWith: pepper))
        let plain = code(of: KeyCode(plain: text))
        return state.withLock { state in
            // Both, whichever it is.
            let found = [state.known[keyed], state.known[plain]]
            guard let known = found[0] ?? found[1] else { return nil }
            if let until = known.until, until <= now { return nil }
            return known.key
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
        state.withLock { $0.uses[id] = now }
    }

    /// The last uses since they were taken last.
    func takeUses() -> [String: Int64] {
        state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }

    private func code(of code: KeyCode) -> [UInt8] {
        switch code {
        case .keyed(let bytes), .plain(let bytes):
            Array(HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
        }
    }
}
