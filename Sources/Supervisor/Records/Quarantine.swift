import Descriptors
import FoundationEssentials
import NIOCore
import NIOPosix
import Synchronization

/// Inputs of which children died, kept for their operator: encrypted, so many bytes of them, for a
/// while. Off unless it was asked for.
final class Quarantine: Sendable {
    /// What became of an input that was to be kept.
    enum Outcome: Equatable, Sendable {
        case stored
        /// It was there already, and stays as long as a new one.
        case known
        /// The reason, for logs.
        case failed(String)

        /// The name in metrics.
        var name: String {
            switch self {
            case .stored: "stored"
            case .known: "known"
            case .failed: "failed"
            }
        }

        static let names = [Outcome.stored, .known, .failed("")].map(\.name)
    }

    private let folder: QuarantineFolder
    private let key: QuarantineKey
    private let settings: QuarantineSettings
    private let now: @Sendable () -> Date
    /// One change of the folder at a time, so that its size is what was counted.
    private let writing = Mutex(())
    /// Inputs that wait to be written hold memory.
    private let waiting = Atomic(0)
    private static let mostWaiting = 16

    /// - Parameter now: the time of day, which files carry.
    init(
        _ folder: QuarantineFolder, key: QuarantineKey, settings: QuarantineSettings,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.folder = folder
        self.key = key
        self.settings = settings
        self.now = now
    }

    /// Stores an input on a thread that may wait, and says what became of it there.
    func storeSoon(
        _ bytes: ByteBuffer, sha256: String, then: @escaping @Sendable (Outcome) -> Void
    ) {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.subtract(1, ordering: .relaxed)
            return then(.failed("\(Self.mostWaiting) inputs wait to be written already"))
        }
        NIOThreadPool.singleton.submit { [self] state in
            defer { waiting.subtract(1, ordering: .relaxed) }
            guard state == .active else { return then(.failed("the service ends")) }
            then(store(Array(bytes.readableBytesView), sha256: sha256))
        }
    }

    /// Stores an input, in the place of the oldest ones when there is no room for it. Blocks.
    func store(_ bytes: [UInt8], sha256: String) -> Outcome {
        writing.withLock { _ in
            let time = now()
            expire(at: time)
            if folder.touch(sha256, at: time) { return .known }
            let size = bytes.count + QuarantineFile.overhead
            guard size <= settings.size else {
                return .failed(
                    "it has \(bytes.count) bytes, and quarantine.size is \(settings.size)")
            }
            var entries = folder.entries()[...]
            var total = entries.reduce(0) { $0 + $1.bytes }
            while total > settings.size - size, let oldest = entries.popFirst() {
                folder.remove(oldest.sha256)
                total -= oldest.bytes
            }
            do {
                let file = try QuarantineFile.seal(bytes, sha256: sha256, under: key)
                try folder.write(file, of: sha256, at: time)
                return .stored
            } catch {
                return .failed("\(error)")
            }
        }
    }

    /// The inputs there are, the oldest first, with the time at which each will go. Blocks.
    func entries() -> [(entry: QuarantineFolder.Entry, until: Date)] {
        writing.withLock { _ in
            expire(at: now())
            return folder.entries().map { ($0, $0.stored + (settings.keep / .seconds(1))) }
        }
    }

    /// Removes what has been kept long enough. Blocks.
    func expire() { writing.withLock { _ in expire(at: now()) } }

    private func expire(at time: Date) {
        let oldest = time - (settings.keep / .seconds(1))
        for entry in folder.entries() where entry.stored <= oldest { folder.remove(entry.sha256) }
    }

    /// Removes inputs. Blocks.
    ///
    /// - Parameters:
    ///   - sha256: of one; nil for all.
    ///   - time: only what was stored before.
    /// - Returns: how many there were.
    func purge(_ sha256: String? = nil, before time: Date? = nil) -> Int {
        writing.withLock { _ in folder.purge(sha256, before: time) }
    }
}

extension QuarantineFolder {
    /// As ``Quarantine/purge(_:before:)``.
    func purge(_ sha256: String?, before time: Date?) -> Int {
        entries().count { entry in
            guard sha256 == nil || entry.sha256 == sha256,
                time.map({ entry.stored < $0 }) ?? true
            else { return false }
            return remove(entry.sha256)
        }
    }
}
