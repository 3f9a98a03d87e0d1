import FoundationEssentials

/// What is in quarantine, so that nobody has to look at the disk for it, and what goes for what
/// comes: a pure value.
///
/// Nobody pushes out what others' crashes have left: the one who holds the most gives way first. Half
/// of the space is for inputs of violations, and for what an earlier run of the service has kept.
struct QuarantineIndex: Sendable {
    typealias Entry = QuarantineFolder.Entry

    /// Why an input is kept; known as long as the service runs.
    struct Origin: Hashable, Sendable {
        /// Who sent it; nil where that is not known.
        var client: AddressBlock?
        var signature: String
        var isViolation: Bool
    }

    private struct Item {
        var entry: Entry
        var origin: Origin?

        var isProtected: Bool { origin?.isViolation ?? true }
    }

    /// Each file costs more than its bytes: a million small ones would be slow to go through.
    static let mostFiles = 10_000
    /// Of one client with one signature: more of them tell nothing new.
    static let mostOfOrigin = 3
    /// What a file takes on the disk at least.
    private static let block = 4_096

    /// Bytes on the disk.
    let size: Int
    private let mostFiles: Int
    private var items: [String: Item] = [:]
    private var total = 0

    init(size: Int, mostFiles: Int = Self.mostFiles, _ entries: [Entry] = []) {
        self.size = size
        self.mostFiles = mostFiles
        reload(entries)
    }

    /// What a file of so many bytes takes.
    static func space(_ bytes: Int) -> Int { (bytes + block - 1) / block * block }

    subscript(sha256: String) -> Entry? { items[sha256]?.entry }

    /// The oldest first.
    var entries: [Entry] { items.values.map(\.entry).sorted { $0.isBefore($1) } }

    /// What was stored at a time or before.
    func stored(until time: Date) -> [String] {
        items.values.filter { $0.entry.stored <= time }.map(\.entry.sha256)
    }

    /// Takes over what is there, whoever has changed it.
    mutating func reload(_ entries: [Entry]) {
        let old = items
        items = [:]
        total = 0
        for entry in entries { insert(entry, old[entry.sha256]?.origin) }
    }

    mutating func insert(_ entry: Entry, _ origin: Origin?) {
        remove(entry.sha256)
        items[entry.sha256] = Item(entry: entry, origin: origin)
        total += Self.space(entry.bytes)
    }

    /// One was seen again, whoever sent it this time.
    mutating func touch(_ sha256: String, at time: Date) { items[sha256]?.entry.stored = time }

    mutating func remove(_ sha256: String) {
        guard let item = items.removeValue(forKey: sha256) else { return }
        total -= Self.space(item.entry.bytes)
    }

    /// Whether there are enough inputs of one origin. Where nobody knows who sends them, one could
    /// hide behind another's.
    func hasEnough(of origin: Origin?) -> Bool {
        guard let origin, origin.client != nil else { return false }
        return items.values.count { $0.origin == origin } >= Self.mostOfOrigin
    }

    /// Which inputs have to go for one of so many bytes; nil where it gets no room.
    func victims(for bytes: Int, of origin: Origin?) -> [String]? {
        let space = Self.space(bytes)
        guard space <= size else { return nil }
        var room = size - total - space
        var count = items.count + 1
        guard room < 0 || count > mostFiles else { return [] }
        var kept = items.values.reduce(0) {
            $0 + ($1.isProtected ? Self.space($1.entry.bytes) : 0)
        }
        let isProtected = origin?.isViolation ?? true
        var holders = [Bool: Holders]()
        for item in items.values {
            holders[item.isProtected, default: Holders()].add(item.entry, of: item.origin?.client)
        }
        holders[isProtected, default: Holders()].expect(space, of: origin?.client)
        var victims: [String] = []
        while room < 0 || count > mostFiles {
            let isReserveFull = kept + (isProtected ? space : 0) > size / 2
            let order =
                isReserveFull ? [true, false] : isProtected ? [false, true] : [false]
            var victim: (side: Bool, entry: Entry)?
            for side in order where victim == nil {
                victim = holders[side]?.takeOldestOfLargest().map { (side, $0) }
            }
            guard let (side, entry) = victim else { return nil }
            victims.append(entry.sha256)
            room += Self.space(entry.bytes)
            count -= 1
            if side { kept -= Self.space(entry.bytes) }
        }
        return victims
    }

    /// Who holds how much.
    private struct Holders {
        private var entries: [AddressBlock?: [Entry]] = [:]
        private var spaces: [AddressBlock?: Int] = [:]
        private var isSorted = false

        mutating func add(_ entry: Entry, of client: AddressBlock?) {
            entries[client, default: []].append(entry)
            spaces[client, default: 0] += QuarantineIndex.space(entry.bytes)
        }

        /// Counts what is to come.
        mutating func expect(_ space: Int, of client: AddressBlock?) {
            spaces[client, default: 0] += space
        }

        /// nil when nobody holds anything.
        mutating func takeOldestOfLargest() -> Entry? {
            if !isSorted {
                // The oldest last, where it is taken from.
                entries = entries.mapValues { $0.sorted { $1.isBefore($0) } }
                isSorted = true
            }
            let largest = entries.filter { !$0.value.isEmpty }.max { one, other in
                (spaces[one.key] ?? 0, other.value.last?.stored ?? .distantPast)
                    < (spaces[other.key] ?? 0, one.value.last?.stored ?? .distantPast)
            }
            guard let client = largest.map(\.key), let entry = entries[client]?.popLast() else {
                return nil
            }
            spaces[client, default: 0] -= QuarantineIndex.space(entry.bytes)
            return entry
        }
    }
}

extension QuarantineFolder.Entry {
    fileprivate func isBefore(_ other: Self) -> Bool {
        (stored, sha256) < (other.stored, other.sha256)
    }
}
