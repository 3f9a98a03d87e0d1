/// Rules that contradict each other in a way libseccomp would settle silently.
///
/// A rule without conditions makes it forget the call's other rules, and of two conditions that
/// can both hold it tests one first by an order of its own, whatever the order in the file. One such
/// overlap is settled in every case: two masked comparisons of one argument, of which one is
/// narrower than the other and has the larger result. The larger result is tested first.
extension SeccompRules {
    /// One contradiction: a name in the later rule, and the earlier rule it contradicts.
    public struct Conflict: Equatable, Sendable {
        public enum Kind: Equatable, Sendable {
            /// Two rules without conditions.
            case twoActions
            /// One of the two has no conditions.
            case conditionsWithoutEffect
            /// Both have conditions, and a call can meet both.
            case bothCanMatch
        }

        public var kind: Kind
        public var name: SyscallRule.Name
        public var earlier: SourcePosition
    }

    /// All contradictions, in the order of the file.
    public func conflicts() -> [Conflict] {
        var earlierRules: [String: [SyscallRule]] = [:]
        var found: [Conflict] = []
        for rule in rules {
            for name in rule.names {
                for earlier in earlierRules[name.text, default: []]
                where earlier.action != rule.action {
                    guard let kind = conflict(earlier, rule) else { continue }
                    found.append(Conflict(kind: kind, name: name, earlier: earlier.position))
                }
                earlierRules[name.text, default: []].append(rule)
            }
        }
        return found
    }

    private func conflict(_ one: SyscallRule, _ other: SyscallRule) -> Conflict.Kind? {
        switch (one.conditions.isEmpty, other.conditions.isEmpty) {
        case (true, true): return .twoActions
        case (true, false), (false, true): return .conditionsWithoutEffect
        case (false, false): break
        }
        let exclusive = one.conditions.contains { condition in
            other.conditions.contains { $0.index == condition.index && $0.excludes(condition) }
        }
        if exclusive { return nil }
        // libseccomp has no instruction for "as the default", so such a rule cannot come first.
        if one.action == defaultAction || other.action == defaultAction { return .bothCanMatch }
        guard one.conditions.count == 1, other.conditions.count == 1 else { return .bothCanMatch }
        let (first, second) = (one.conditions[0], other.conditions[0])
        guard first.isTestedBefore(second) || second.isTestedBefore(first) else {
            return .bothCanMatch
        }
        return nil
    }
}

extension ArgumentCondition {
    /// Whether this is the narrower of two masked comparisons and libseccomp tests it first.
    func isTestedBefore(_ wider: ArgumentCondition) -> Bool {
        guard index == wider.index, comparison == .maskedEqual, wider.comparison == .maskedEqual
        else { return false }
        // libseccomp compares halves, each in an order of its own; only the lower one may differ.
        guard value >> 32 == wider.value >> 32, valueTwo >> 32 == wider.valueTwo >> 32 else {
            return false
        }
        return wider.value & value == wider.value && valueTwo > wider.valueTwo
    }

    /// Whether no value of the argument meets both conditions. False where that is not evident.
    func excludes(_ other: ArgumentCondition) -> Bool {
        if let (mask, result) = fixedBits, let (otherMask, otherResult) = other.fixedBits {
            return (result ^ otherResult) & mask & otherMask != 0
        }
        if let range = range, let otherRange = other.range { return !range.overlaps(otherRange) }
        if comparison == .notEqual, other.comparison == .equal { return value == other.value }
        if comparison == .equal, other.comparison == .notEqual { return value == other.value }
        return false
    }

    private var fixedBits: (mask: UInt64, result: UInt64)? {
        switch comparison {
        case .equal: (.max, value)
        case .maskedEqual: (value, valueTwo)
        default: nil
        }
    }

    /// The values that meet a comparison of order; nil for the others and for an empty one.
    private var range: ClosedRange<UInt64>? {
        switch comparison {
        case .equal: value...value
        case .lessOrEqual: 0...value
        case .greaterOrEqual: value...UInt64.max
        case .less: value == 0 ? nil : 0...(value - 1)
        case .greater: value == .max ? nil : (value + 1)...UInt64.max
        case .notEqual, .maskedEqual: nil
        }
    }
}
