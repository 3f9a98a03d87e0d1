import FoundationEssentials

/// Which refused credentials, and readings of the quarantine, have a line each and which are only
/// counted: the first ones of one address and one reason within ten minutes have, so that whoever
/// guesses keys fills no disk and hides nothing. Everything else always has its line.
struct AuditFlood: Sendable {
    /// What is counted together.
    private struct Kind: Hashable {
        let action: AuditEvent.Action
        /// nil for a client without an address that can be read, and for those beyond ``mostKinds``.
        var client: AddressBlock?
        /// The problem, or who it was.
        let problem: String
        let reason: String?
    }

    private struct Tally {
        var event: AuditEvent
        var count = 0
        var since: Date
        var until: Date
    }

    /// Seconds in which lines are counted together.
    static let window = 600
    /// Lines of a kind within them, and how many times that many of all kinds together.
    static let full = 10
    static let ofAll = 2
    /// Kinds whose counts are told apart. Somebody may have many addresses, and what is written of them
    /// must not be what makes older lines go: 256 MiB last for five months of nothing else.
    static let mostKinds = 4

    private var start: Int?
    private var written: [Kind: Int] = [:]
    private var total = 0
    private var tallies: [Kind: Tally] = [:]

    init() {}

    /// Whether an event that happens now is to be written; it is counted where it is not.
    mutating func admits(_ event: AuditEvent, at time: Date) -> Bool {
        guard [.refusedCredential, .quarantineRead].contains(event.action) else { return true }
        start = start ?? Self.start(of: time)
        var kind = Kind(
            action: event.action, client: event.text("address").flatMap { AddressBlock($0) },
            problem: event.text("problem") ?? event.actor.text, reason: event.text("reason"))
        if written[kind, default: 0] < Self.full, total < Self.full * Self.ofAll {
            written[kind, default: 0] += 1
            total += 1
            return true
        }
        if tallies[kind] == nil, tallies.count >= Self.mostKinds { kind.client = nil }
        var tally = tallies[kind] ?? Tally(event: event, since: time, until: time)
        tally.count = tally.count.addingClamped(1)
        tally.until = time
        tallies[kind] = tally
        return false
    }

    /// The counts of a time that is over, or at the end of all.
    mutating func drain(at time: Date, isEnd: Bool = false) -> [AuditEvent] {
        guard isEnd || start.map({ $0 != Self.start(of: time) }) ?? false else { return [] }
        let events = tallies.sorted { $0.value.since < $1.value.since }.map(Self.event)
        start = nil
        written = [:]
        total = 0
        tallies = [:]
        return events
    }

    private static func event(_ kind: Kind, _ tally: Tally) -> AuditEvent {
        let first = tally.event
        let isOne = kind.client != nil || kind.action != .refusedCredential
        let reason = kind.reason.map { [(name: "reason", value: JSONValue.string($0))] }
        return AuditEvent(
            kind.action, by: isOne ? first.actor : .client("several"),
            fields: [
                (name: "problem", value: first.text("problem").map { .string($0) } ?? .null)
            ] + (reason ?? []) + [
                ("address", isOne ? first.text("address").map { .string($0) } ?? .null : .null),
                ("count", .integer(Int64(tally.count))),
                ("since", .string(Timestamp.text(tally.since))),
                ("until", .string(Timestamp.text(tally.until))),
            ])
    }

    private static func start(of time: Date) -> Int {
        Int((time.timeIntervalSince1970 / Double(window)).rounded(.down))
    }
}

extension AuditEvent {
    /// A field that is text.
    fileprivate func text(_ name: String) -> String? {
        fields.lazy.compactMap { field -> String? in
            guard field.name == name, case .string(let text) = field.value else { return nil }
            return text
        }.first
    }
}
