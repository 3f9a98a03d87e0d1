import SandboxPolicy

/// One comparison of one argument under a mask, as rules write it or as a program makes it: what
/// tells values of the argument apart.
struct ArgumentTest: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case equal, greater, greaterOrEqual
    }

    /// 0 to 5; ``SeccompCall/argumentCount`` stands for the instruction pointer.
    var index: Int
    var kind: Kind
    var mask: UInt64
    var value: UInt64

    @inline(__always)
    func holds(for argument: UInt64) -> Bool {
        switch kind {
        case .equal: argument & mask == value
        case .greater: argument & mask > value
        case .greaterOrEqual: argument & mask >= value
        }
    }

    init(index: Int, kind: Kind, mask: UInt64, value: UInt64) {
        self.index = index
        self.kind = kind
        self.mask = mask
        self.value = value
    }

    /// A comparison and its opposite tell the same values apart.
    init(_ condition: ArgumentCondition) {
        index = Int(condition.index)
        mask = .max
        value = condition.value
        switch condition.comparison {
        case .equal, .notEqual: kind = .equal
        case .greater, .lessOrEqual: kind = .greater
        case .greaterOrEqual, .less: kind = .greaterOrEqual
        case .maskedEqual:
            kind = .equal
            mask = condition.value
            value = condition.valueTwo
        }
    }
}

/// Values of one argument that stand for all its values, as far as some tests tell them apart.
enum ArgumentClasses {
    /// Above this many tests of one argument only some bits are flipped, and values that meet two
    /// tests at once are not looked for.
    private static let largestPairing = 40

    /// Flipped bits of all tests together, where they are more than that.
    private static let mostFlips = 4_096

    /// One value for each combination of outcomes that was found, the smallest that has it.
    ///
    /// - Parameter tests: Those of one argument, at least one.
    static func representatives(_ tests: [ArgumentTest]) -> [UInt64] {
        var seen = Set<[UInt64]>()
        var found: [UInt64] = []
        for value in candidates(tests) {
            var outcomes = [UInt64](repeating: 0, count: (tests.count + 63) / 64)
            for place in tests.indices where tests[place].holds(for: value) {
                outcomes[place / 64] |= 1 << UInt64(place % 64)
            }
            if seen.insert(outcomes).inserted { found.append(value) }
        }
        return found
    }

    /// Values at and around every boundary: each test met, each bit of that flipped, one more and
    /// one less, what the mask leaves out filled, two tests met at once; 0 and the largest. Sorted.
    static func candidates(_ tests: [ArgumentTest]) -> [UInt64] {
        let isSmall = tests.count <= largestPairing
        let flips = isSmall ? 64 : max(1, mostFlips / tests.count)
        var values: Set<UInt64> = [0, .max]
        for (place, test) in tests.enumerated() {
            values.insert(test.value)
            values.insert(test.value | 0xdead_beef_0000_0000)
            // Another bit for each test, where not all can be flipped.
            for flip in 0..<flips {
                values.insert(test.value ^ 1 << UInt64((place &* 7 &+ flip) % 64))
            }
            guard isSmall else { continue }
            values.insert(test.value | ~test.mask)
            values.formUnion(test.neighbours)
        }
        if isSmall { addPairs(of: tests, to: &values) }
        return values.sorted()
    }

    private static func addPairs(of tests: [ArgumentTest], to values: inout Set<UInt64>) {
        for one in tests {
            let own = [one.value] + one.neighbours
            for other in tests where other != one {
                for rest in other.neighbours + [other.value, ~other.value] {
                    for value in own { values.insert(value & one.mask | rest & ~one.mask) }
                }
            }
        }
    }
}

extension ArgumentTest {
    /// One less and one more in the half that the mask begins in.
    fileprivate var neighbours: [UInt64] {
        let unit: UInt64 = mask & 0xffff_ffff == 0 ? 1 << 32 : 1
        return [value &- unit, value &+ unit]
    }
}
