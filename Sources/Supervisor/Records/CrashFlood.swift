import FoundationEssentials

/// Which crashes are written in full and which are only counted: the first ones of a kind within a
/// minute are, so that a flood fills no disk.
///
/// What a child says of itself decides nothing alone. Who makes up stacks takes no more records than
/// his share, and who repeats a common one is among his own crashes only.
struct CrashFlood: Sendable {
    /// What a crash is told apart by, and some things to find it by.
    struct Key: Sendable {
        /// Perhaps of what the child said.
        var signature: String
        var `class`: CrashClass
        var policy: String
        /// What the kernel saw: the signal, the call.
        var seen = ""
        /// Whose request it was; nil where nobody's, or where that is not known.
        var client: AddressBlock?
        var requestID: String?
        var inputSHA256: String?
    }

    /// What the first ones are counted by.
    private struct Kind: Hashable {
        var group: Group
        var seen: String
        var client: AddressBlock?
    }

    /// What a count is of.
    fileprivate struct Group: Hashable {
        var signature: String
        var `class`: CrashClass
        var policy: String
    }

    /// One client's part. Other crashes of it do not use up that of its violations.
    private struct Share: Hashable {
        var client: AddressBlock
        var isViolation: Bool
    }

    private struct Tally {
        var count = 0
        var since = ""
        var until = ""
        var requests: [String] = []
        var inputs: [String] = []
    }

    /// Groups of one minute that are counted apart, and those that one client can add to them.
    /// Somebody may make them up; those beyond are counted together, under ``others``.
    static let mostGroups = 256
    static let mostGroupsOfClient = 16
    /// Stands for the signatures beyond.
    static let others = String(repeating: "0", count: 16)
    /// Requests and inputs that a count names.
    static let mostNamed = 3
    /// How many times ``full`` are written of one client, of all together, and of violations when
    /// that is used up.
    static let ofClient = 5
    static let ofAll = 20
    static let reserve = 5

    /// How many of a kind are written within a minute.
    let full: Int
    private var minute: Int?
    private var written: [Kind: Int] = [:]
    private var shares: [Share: Int] = [:]
    private var total = 0
    private var tallies: [Group: Tally] = [:]
    private var groups: [AddressBlock: Int] = [:]

    init(full: Int) { self.full = full }

    /// Whether one that happens now is to be written; it is counted where it is not.
    mutating func admits(_ key: Key, at time: Date) -> Bool {
        minute = minute ?? Self.minute(of: time)
        let kind = Kind(group: Group(key), seen: key.seen, client: key.client?.site)
        let isViolation = key.class == .violation
        let share = kind.client.map { Share(client: $0, isViolation: isViolation) }
        let isWritten =
            written[kind, default: 0] < full
            && total < full * (Self.ofAll + (isViolation ? Self.reserve : 0))
            && share.map { shares[$0, default: 0] < full * Self.ofClient } ?? true
        guard isWritten else {
            let text = Timestamp.text(time)
            count(key, 1, text, text, at: time)
            return false
        }
        written[kind, default: 0] += 1
        total += 1
        if let share { shares[share, default: 0] += 1 }
        return true
    }

    /// Counts some that are not written after all.
    mutating func count(
        _ key: Key, _ count: Int, _ since: String, _ until: String, at time: Date
    ) {
        add(
            Tally(
                count: count, since: since, until: until,
                requests: key.requestID.map { [$0] } ?? [],
                inputs: key.inputSHA256.map { [$0] } ?? []),
            to: Group(key), of: key.client?.site, at: time)
    }

    /// Counts again what could not be written.
    mutating func count(again count: CrashCount, at time: Date) {
        add(
            Tally(
                count: count.count, since: count.since, until: count.until,
                requests: count.requests ?? [], inputs: count.inputs ?? []),
            to: Group(signature: count.signature, class: count.class, policy: count.policy),
            of: nil, at: time)
    }

    private mutating func add(
        _ part: Tally, to group: Group, of client: AddressBlock?, at time: Date
    ) {
        minute = minute ?? Self.minute(of: time)
        var group = group
        if tallies[group] == nil {
            let known = client.map { groups[$0, default: 0] } ?? 0
            if tallies.count < Self.mostGroups, known < Self.mostGroupsOfClient {
                if let client { groups[client] = known + 1 }
            } else {
                group.signature = Self.others
            }
        }
        var tally = tallies[group] ?? Tally(since: part.since, until: part.until)
        tally.since = min(tally.since, part.since)
        tally.until = max(tally.until, part.until)
        let (sum, isTooLarge) = tally.count.addingReportingOverflow(part.count)
        tally.count = isTooLarge ? .max : sum
        Self.name(part.requests, in: &tally.requests)
        Self.name(part.inputs, in: &tally.inputs)
        tallies[group] = tally
    }

    /// The first ones, each once.
    private static func name(_ new: [String], in names: inout [String]) {
        for name in new where names.count < mostNamed && !names.contains(name) {
            names.append(name)
        }
    }

    /// What was counted in minutes that are over, which is forgotten then.
    ///
    /// - Parameter isEnd: whether the minute that runs is over too.
    mutating func drain(at time: Date, isEnd: Bool = false) -> [CrashCount] {
        guard let minute, isEnd || Self.minute(of: time) != minute else { return [] }
        let tallies = tallies
        self = CrashFlood(full: full)
        return tallies.map { group, tally in
            CrashCount(
                time: Timestamp.text(time), class: group.class, signature: group.signature,
                policy: group.policy, count: tally.count, since: tally.since, until: tally.until,
                requests: tally.requests.isEmpty ? nil : tally.requests,
                inputs: tally.inputs.isEmpty ? nil : tally.inputs)
        }.sorted { $0.since < $1.since }
    }

    private static func minute(of time: Date) -> Int {
        Int((time.timeIntervalSince1970 / 60).rounded(.down))
    }
}

extension CrashFlood.Group {
    fileprivate init(_ key: CrashFlood.Key) {
        self.init(signature: key.signature, class: key.class, policy: key.policy)
    }
}

extension CrashFlood.Key {
    init(_ report: ChildReport, _ ending: ChildEnding) {
        self.init(
            signature: CrashSignature(report, ending).text, class: ending.class,
            policy: report.policy.name, seen: CrashSignature.seen(report, ending),
            client: report.job?.charge?.client, requestID: report.job?.requestID,
            inputSHA256: report.job?.sha256)
    }
}
