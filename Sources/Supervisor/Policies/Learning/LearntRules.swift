import SandboxPolicy

/// The rules that observed calls come to.
struct LearntRules: Sendable {
    /// In the order of the catalogue, each with its comment. Rules that answer stand last.
    let rules: [SyscallRule]

    /// - Parameter library: The libvips that made the calls.
    init(_ observed: ObservedCalls, seenWith library: Evidence.Library) {
        var observed = observed
        Self.addCompanions(to: &observed)
        let entries = Self.withoutCovered(Array(observed.entries.values))
        let learnt = entries.map { entry in
            SyscallRule(
                names: [SyscallRule.Name(entry.pattern.name, at: .start)], action: entry.action,
                conditions: entry.pattern.conditions,
                comment: entry.comment(observed, library))
        }
        rules = Self.joined(learnt, observed.kept).sorted(by: Self.comesBefore)
    }

    /// Threads are made where a call of clone was let through.
    private static func addCompanions(to observed: inout ObservedCalls) {
        let permitted = observed.entries.values.filter { $0.errno == nil }.map(\.pattern.name)
        let named =
            permitted + observed.kept.filter(\.action.permits).flatMap { $0.names.map(\.text) }
        for companion in Companions.always { observed.add(companion) }
        if named.contains("clone") {
            for companion in Companions.ofThreads { observed.add(companion) }
            observed.addAnswer(to: "clone3", "threads are made by clone after it")
        }
        if observed.root == .documents, !named.contains("openat"), !named.contains("open") {
            for companion in Companions.ofDocuments { observed.add(companion) }
        }
    }

    /// A pattern that another one contains is no rule of its own; the other rests on its calls too.
    private static func withoutCovered(
        _ entries: [ObservedCalls.Entry]
    ) -> [ObservedCalls.Entry] {
        var left: [ObservedCalls.Entry] = []
        // The widest first: fewer comparisons, then fewer bits that are compared.
        for entry in entries.sorted(by: { $0.pattern.isWider(than: $1.pattern) }) {
            let cover = left.firstIndex {
                $0.errno == entry.errno && $0.pattern.contains(entry.pattern)
            }
            if let cover { left[cover].take(entry) } else { left.append(entry) }
        }
        return left
    }

    /// Rules that people wrote stay, but for what is learnt as well; what contradicts them goes.
    private static func joined(_ learnt: [SyscallRule], _ kept: [SyscallRule]) -> [SyscallRule] {
        var found = kept.compactMap { rule -> SyscallRule? in
            var left = rule
            left.names.removeAll { name in
                learnt.contains { $0.names[0].text == name.text && $0.covers(rule) }
            }
            return left.names.isEmpty ? nil : left
        }
        // What is carried out counts before what is answered.
        let inOrder = learnt.filter(\.action.permits) + learnt.filter { !$0.action.permits }
        for rule in inOrder {
            let sameCall = found.filter { other in
                other.names.contains { $0.text == rule.names[0].text }
            }
            let pairs = SeccompRules(
                defaultAction: .notify, architectures: [], rules: sameCall + [rule])
            if sameCall.contains(where: { $0.covers(rule) }) { continue }
            if pairs.conflicts().contains(where: { $0.name.text == rule.names[0].text }) {
                continue
            }
            found.append(rule)
        }
        return found
    }

    private static let order: [String: Int] = Dictionary(
        uniqueKeysWithValues: SyscallCatalogue.all.enumerated().map { ($0.element.name, $0.offset) }
    )

    private static func comesBefore(_ one: SyscallRule, _ other: SyscallRule) -> Bool {
        if one.action.permits != other.action.permits { return one.action.permits }
        let groups = [one, other].map { rule -> Int in
            SyscallEntry.Group.allCases.firstIndex(of: rule.group) ?? 0
        }
        if groups[0] != groups[1] { return groups[0] < groups[1] }
        let places = [one, other].map { order[$0.names[0].text] ?? .max }
        if places[0] != places[1] { return places[0] < places[1] }
        let keys = [one, other].map { rule in
            rule.conditions.flatMap { [UInt64($0.index), $0.valueTwo, $0.value] }
        }
        if keys[0] != keys[1] { return keys[0].lexicographicallyPrecedes(keys[1]) }
        return (one.comment ?? "") < (other.comment ?? "")
    }
}

extension SyscallRule {
    /// What the first call that a rule names belongs to.
    var group: SyscallEntry.Group {
        names.first.flatMap { SyscallCatalogue.entry($0.text)?.group } ?? .information
    }

    /// Whether each call that another rule of the same name decides is decided by this one alike.
    fileprivate func covers(_ other: SyscallRule) -> Bool {
        action == other.action
            && conditions.allSatisfy { own in other.conditions.contains { $0.implies(own) } }
    }
}

extension CallPattern {
    /// An order in which no pattern comes before one that contains it. Any two have a place.
    fileprivate func isWider(than other: CallPattern) -> Bool {
        let fixed = [self, other].map { pattern in
            pattern.comparisons.reduce(0) { $0 + (~$1.free).nonzeroBitCount }
        }
        if fixed[0] != fixed[1] { return fixed[0] < fixed[1] }
        if name != other.name { return name < other.name }
        let values = [self, other].map { pattern in
            pattern.comparisons.flatMap { [UInt32($0.index), $0.value, $0.free] }
        }
        return values[0].lexicographicallyPrecedes(values[1])
    }
}

extension ObservedCalls {
    fileprivate mutating func add(_ companion: Companions.Companion) {
        guard let call = companion.call(on: architecture),
            let entry = SyscallCatalogue.entry(companion.name)
        else { return }
        let pattern = CallPattern(call, of: entry, root: root, comparing: nil)
        // Where there are too many patterns of the call the linter says what is missing.
        _ = enter(Entry(pattern: pattern, why: companion.why))
    }

    fileprivate mutating func addAnswer(to name: String, _ why: String) {
        guard let entry = SyscallCatalogue.entry(name), entry.number(on: architecture) != nil,
            let answer = LearningTable.answer(to: name, root: root)
        else { return }
        let pattern = CallPattern([], of: entry)
        guard let pattern else { return }
        _ = enter(
            Entry(pattern: pattern, errno: answer.errno, reason: answer.reason, why: why))
    }
}

extension ObservedCalls.Entry {
    var action: SeccompAction { errno.map { .errno($0) } ?? .allow }

    fileprivate func comment(
        _ observed: ObservedCalls, _ library: Evidence.Library
    ) -> String {
        let purpose: String
        if let words, words.pattern == pattern {
            purpose = words.text
        } else if let entry = SyscallCatalogue.entry(pattern.name) {
            purpose = LearntComment.purpose(
                of: entry, action, pattern.conditions, reason: reason,
                on: observed.architecture)
        } else {
            purpose = pattern.name
        }
        var evidence = Evidence(
            calls: calls, images: observed.counts(of: images), libraries: [library])
        if let earlier {
            if evidence == nil { evidence = earlier } else { evidence?.add(earlier) }
        }
        return purpose + (evidence?.text ?? LearntComment.unseen(why ?? "it is needed"))
    }
}
