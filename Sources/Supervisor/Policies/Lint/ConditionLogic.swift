import SandboxPolicy

/// What two comparisons of one argument say about each other, and what one says by itself.
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
        if let span = span, let otherSpan = other.span { return !span.overlaps(otherSpan) }
        if comparison == .notEqual, other.comparison == .equal { return value == other.value }
        if comparison == .equal, other.comparison == .notEqual { return value == other.value }
        return false
    }

    /// Whether every value that meets this condition meets the other one too. False where that is
    /// not evident.
    func implies(_ other: ArgumentCondition) -> Bool {
        guard index == other.index else { return false }
        if self == other { return true }
        if comparison == .equal { return other.holds(for: value) }
        if let (mask, result) = fixedBits, let (otherMask, otherResult) = other.fixedBits {
            return mask & otherMask == otherMask && result & otherMask == otherResult
        }
        if other.comparison == .notEqual { return !holds(for: other.value) }
        guard let span, let otherSpan = other.span else { return false }
        return otherSpan.contains(span.lowerBound) && otherSpan.contains(span.upperBound)
    }

    /// Whether no value of the argument at all meets a comparison of order. Masks are looked at when
    /// the file is read.
    var isNeverMet: Bool {
        switch comparison {
        case .less: value == 0
        case .greater: value == .max
        case .equal, .notEqual, .lessOrEqual, .greaterOrEqual, .maskedEqual: false
        }
    }

    /// Whether every value of the argument meets a comparison of order.
    var isAlwaysMet: Bool {
        switch comparison {
        case .lessOrEqual: value == .max
        case .greaterOrEqual: value == 0
        case .equal, .notEqual, .less, .greater, .maskedEqual: false
        }
    }

    private var fixedBits: (mask: UInt64, result: UInt64)? {
        switch comparison {
        case .equal: (.max, value)
        case .maskedEqual: (value, valueTwo)
        default: nil
        }
    }

    /// The values that meet a comparison of order; nil for the others and for an empty one.
    private var span: ClosedRange<UInt64>? {
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
