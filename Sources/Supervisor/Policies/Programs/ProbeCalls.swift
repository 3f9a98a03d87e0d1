import SandboxPolicy

/// The calls on which programs and rules are held against each other.
///
/// For one number they are complete as far as the tests that were given tell calls apart: one value
/// of each argument for every combination of outcomes, and every combination of those, up to
/// ``largestProduct``. Beyond it single arguments vary around what each rule wants, and pairs of them
/// around 0.
enum ProbeCalls {
    /// Numbers below this one are all looked at; the highest call of Linux 7.0 has 471.
    static let denseNumbers: UInt32 = 1_024

    /// Combinations of arguments of one number.
    static let largestProduct = 1 << 13

    /// Every number of some size, x32's first and last, -1, the rest of the range in samples, and
    /// what the programs compare with, each with its neighbours.
    static func numbers(_ filters: CompiledFilter...) -> [UInt32] {
        var extra: Set<UInt32> = [
            0x3fff_ffff, 0x4000_0000, 0x4000_0001, 0x4000_0200, 0x4000_0208, 0x4000_0223,
            0x7fff_ffff, 0x8000_0000, 0xbfff_ffff, 0xc000_0000, 0xffff_fffe, 0xffff_ffff,
        ]
        for bit in UInt32(10)..<32 { extra.insert(1 << bit) }
        for constant in filters.flatMap(\.comparedConstants) {
            extra.formUnion([constant, constant &- 1, constant &+ 1])
        }
        return Array(0..<denseNumbers) + extra.filter { $0 >= denseNumbers }.sorted()
    }

    /// AUDIT_ARCH values that are none of ours to allow: i386, arm, the other one of the two, 0, the
    /// largest, and every value that differs in one bit.
    static func foreignArchitectures(for architecture: SeccompArchitecture) -> [UInt32] {
        let own = architecture.auditValue
        let others = SeccompArchitecture.allCases.map(\.auditValue)
        let samples = Set([0x4000_0003, 0x4000_0028, 0, .max] + others)
        let flipped = (UInt32(0)..<32).map { own ^ 1 << $0 }
        return samples.union(flipped).subtracting([own]).sorted()
    }

    /// Every combination of arguments of one number, six and the instruction pointer.
    ///
    /// - Parameters:
    ///   - tests: What tells the arguments apart, each once. Without any there is one call.
    ///   - met: Arguments as rules want them, for numbers with too many combinations.
    static func arguments(_ tests: [ArgumentTest], met: [[UInt64]] = []) -> [[UInt64]] {
        var classes = [[UInt64]](repeating: [0], count: SeccompCall.argumentCount + 1)
        let tested = Set(tests.map(\.index)).sorted()
        for index in tested {
            let own = tests.filter { $0.index == index }
            // Without a product there is no need to find out which values are alike.
            classes[index] =
                tested.count == 1
                ? ArgumentClasses.candidates(own) : ArgumentClasses.representatives(own)
        }
        if tested.count == 1 { return product(classes) }
        var count = 1
        for values in classes { count = min(count * values.count, largestProduct + 1) }
        return count <= largestProduct ? product(classes) : sample(classes, tested, met)
    }

    /// Single arguments around what each rule wants, and pairs of them around 0, thinned out to
    /// ``largestProduct`` for each of the two.
    private static func sample(
        _ classes: [[UInt64]], _ tested: [Int], _ met: [[UInt64]]
    ) -> [[UInt64]] {
        let bases = [[UInt64](repeating: 0, count: classes.count)] + met.map { $0 + [0] }
        let all = bases.count * tested.reduce(0) { $0 + classes[$1].count }
        let step = max(1, all / largestProduct)
        var found = bases
        for base in bases {
            for index in tested {
                for place in stride(from: 0, to: classes[index].count, by: step) {
                    var arguments = base
                    arguments[index] = classes[index][place]
                    found.append(arguments)
                }
            }
        }
        let most = largestProduct / (tested.count * tested.count)
        for (place, first) in tested.enumerated() {
            for second in tested[(place + 1)...] {
                let size = classes[first].count * classes[second].count
                let other = max(1, size / most)
                for index in stride(from: 0, to: size, by: other) {
                    var arguments = bases[0]
                    arguments[first] = classes[first][index / classes[second].count]
                    arguments[second] = classes[second][index % classes[second].count]
                    found.append(arguments)
                }
            }
        }
        return found
    }

    private static func product(_ classes: [[UInt64]]) -> [[UInt64]] {
        var found: [[UInt64]] = [[]]
        for values in classes {
            if values.count == 1 {
                for index in found.indices { found[index].append(values[0]) }
            } else {
                found = found.flatMap { head in values.map { head + [$0] } }
            }
        }
        return found
    }
}

extension SyscallRule {
    /// Arguments that meet every condition that can be met alone, for a call that the rule decides.
    var metArguments: [UInt64] {
        var arguments = [UInt64](repeating: 0, count: SeccompCall.argumentCount)
        for condition in conditions {
            let (value, one): (UInt64, UInt64) = (condition.value, 1)
            arguments[Int(condition.index)] =
                switch condition.comparison {
                case .equal, .lessOrEqual, .greaterOrEqual: value
                case .notEqual, .greater: value &+ one
                case .less: value &- one
                case .maskedEqual: condition.valueTwo
                }
        }
        return arguments
    }
}

extension SeccompCall {
    /// A call with the seven values of ``ProbeCalls/arguments(_:met:)``.
    init(architecture: UInt32, number: UInt32, probe: [UInt64]) {
        self.init(
            architecture: architecture, number: number,
            arguments: Array(probe.prefix(Self.argumentCount)),
            instructionPointer: probe[Self.argumentCount])
    }
}
