import Descriptors
import Dispatch
import FoundationEssentials
import Glibc
import NIOCore
import Synchronization

/// Inputs of which children died, kept for their operator: encrypted, so many bytes of them, for a
/// while. Off unless it was asked for.
final class Quarantine: Sendable {
    /// What became of an input that was to be kept.
    enum Outcome: Equatable, Sendable {
        case stored
        /// It was there already, and stays as long as a new one.
        case known
        /// There are enough of the same client with the same signature.
        case enough
        /// The reason, for logs.
        case failed(String)

        /// The name in metrics.
        var name: String {
            switch self {
            case .stored: "stored"
            case .known: "known"
            case .enough: "enough"
            case .failed: "failed"
            }
        }

        static let names = [Outcome.stored, .known, .enough, .failed("")].map(\.name)
    }

    private let folder: QuarantineFolder
    private let key: QuarantineKey?
    private let settings: QuarantineSettings
    private let now: @Sendable () -> Date
    /// What is in the folder. One change of that at a time.
    private let index: Mutex<QuarantineIndex>
    /// Of its own: what waits for this disk must not hold up what waits for another.
    private let queue = DispatchQueue(label: "quarantine")
    /// Inputs that wait to be written hold memory.
    private let waiting = Atomic(0)
    private static let mostWaiting = 16

    /// Looks at what is there. Blocks.
    ///
    /// - Parameters:
    ///   - key: nil where none is to be stored: what is there expires, and can be removed.
    ///   - now: the time of day, which files carry.
    init(
        _ folder: QuarantineFolder, key: QuarantineKey?, settings: QuarantineSettings,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.folder = folder
        self.key = key
        self.settings = settings
        self.now = now
        index = Mutex(QuarantineIndex(size: settings.size, folder.entries()))
    }

    /// Whether inputs are stored.
    var isOn: Bool { key != nil }

    /// Stores an input on a thread that may wait, and says what became of it there.
    func storeSoon(
        _ bytes: ByteBuffer, sha256: String, of origin: QuarantineIndex.Origin?,
        then: @escaping @Sendable (Outcome) -> Void
    ) {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.subtract(1, ordering: .relaxed)
            return then(.failed("\(Self.mostWaiting) inputs wait to be written already"))
        }
        queue.async { [self] in
            defer { waiting.subtract(1, ordering: .relaxed) }
            then(store(Array(bytes.readableBytesView), sha256: sha256, of: origin))
        }
    }

    /// Stores an input, in the place of others when there is no room for it. Blocks.
    func store(
        _ bytes: [UInt8], sha256: String, of origin: QuarantineIndex.Origin? = nil
    ) -> Outcome {
        guard let key else { return .failed("there is no key") }
        return index.withLock { index in
            let time = now()
            expire(&index, at: time)
            let size = bytes.count + QuarantineFile.overhead
            if let known = index[sha256] {
                // A file of another key, or of half a length, opens for nobody.
                if known.bytes == size, holds(sha256, under: key),
                    folder.touch(sha256, at: time)
                {
                    index.touch(sha256, at: time)
                    return .known
                }
                index.remove(sha256)
                folder.remove(sha256)
            }
            if index.hasEnough(of: origin) { return .enough }
            guard let victims = index.victims(for: size, of: origin) else {
                return .failed(
                    "it has \(bytes.count) bytes, quarantine.size is \(settings.size), and half of "
                        + "that is for violations")
            }
            for victim in victims {
                folder.remove(victim)
                index.remove(victim)
            }
            do {
                let file = try QuarantineFile.seal(bytes, sha256: sha256, under: key)
                try folder.write(file, of: sha256, at: time)
                index.insert(.init(sha256: sha256, bytes: size, stored: time), origin)
                return .stored
            } catch {
                return .failed("\(error)")
            }
        }
    }

    private func holds(_ sha256: String, under key: QuarantineKey) -> Bool {
        QuarantineFile.header(sha256: sha256, under: key).map { header in
            folder.beginning(of: sha256, bytes: header.count) == header
        } ?? false
    }

    /// The inputs there are, the oldest first, with the time at which each will go. Looks at the
    /// disk, and blocks.
    func entries() -> [(entry: QuarantineFolder.Entry, until: Date)] {
        index.withLock { index in
            index.reload(folder.entries())
            expire(&index, at: now())
            return index.entries.map { ($0, $0.stored + (settings.keep / .seconds(1))) }
        }
    }

    /// Removes what has been kept long enough. Blocks.
    func expire() { index.withLock { expire(&$0, at: now()) } }

    private func expire(_ index: inout QuarantineIndex, at time: Date) {
        let oldest = time - (settings.keep / .seconds(1))
        for sha256 in index.stored(until: oldest) {
            folder.remove(sha256)
            index.remove(sha256)
        }
    }

    /// Removes inputs. Looks at the disk, and blocks.
    ///
    /// - Parameters:
    ///   - sha256: of one; nil for all.
    ///   - time: only what was stored before.
    /// - Returns: how many there were.
    func purge(_ sha256: String? = nil, before time: Date? = nil) -> Int {
        index.withLock { index in
            let count = folder.purge(sha256, before: time)
            index.reload(folder.entries())
            return count
        }
    }
}

extension Quarantine {
    /// Removes the inputs that an order is about, by name or by their requests. Blocks.
    ///
    /// - Returns: how many there were.
    func purge(
        _ order: CrashPurge.Order, _ hashes: Set<String>
    ) throws(SystemError) -> Int {
        let result = index.withLock { index in
            defer { index.reload(folder.entries()) }
            return Result { () throws(SystemError) in try folder.purge(order, hashes) }
        }
        return try result.get()
    }
}

extension CrashPurge.Order {
    fileprivate func isAbout(_ entry: QuarantineFolder.Entry, _ hashes: Set<String>) -> Bool {
        if isOfRequests { return hashes.contains(entry.sha256) }
        if let input, input != entry.sha256 { return false }
        return before.map { entry.stored < $0 } ?? true
    }
}

extension QuarantineFolder {
    /// As ``Quarantine/purge(_:_:)``.
    func purge(
        _ order: CrashPurge.Order, _ hashes: Set<String>
    ) throws(SystemError) -> Int {
        let found = entries().filter { order.isAbout($0, hashes) }
        guard !order.isTrial else { return found.count }
        for entry in found where !remove(entry.sha256) {
            // Or it would be said to be gone.
            guard errno == ENOENT else { throw SystemError("unlink", errno) }
        }
        return found.count
    }

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
