import SandboxPolicy

/// What a program does and another does not, for one architecture, over all numbers and the
/// arguments that either tells apart (``ProbeCalls``).
struct FilterComparison {
    /// A program, and the rules that it was made from.
    struct Side {
        var filter: CompiledFilter
        var meaning: PolicyMeaning
    }

    enum Direction: String, CaseIterable, Sendable {
        /// The second program leaves more to the caller than the first.
        case wider
        case narrower
        /// Another answer that leaves as much.
        case changed
    }

    struct Answer: Equatable, Sendable {
        /// SECCOMP_RET_* with its data.
        var returnValue: UInt32
        /// nil for the default action and the guard against other architectures.
        var rule: SyscallRule?
    }

    /// One difference: the smallest call that shows it, and how many numbers it is true of. They
    /// are more than one where no rule of either side names the call.
    struct Finding {
        var direction: Direction
        var call: SeccompCall
        var numbers: Int
        var one: Answer
        var other: Answer
    }

    /// In the order of the numbers, at most ``mostWitnesses`` for one number and direction.
    private(set) var findings: [Finding] = []

    private static let mostWitnesses = 3

    init(_ one: Side, _ other: Side, on architecture: SeccompArchitecture) {
        var unnamed: [Finding] = []
        for number in ProbeCalls.numbers(one.filter, other.filter) {
            let found = Self.differences(one, other, architecture.auditValue, number)
            let isNamed = [one, other].contains { !$0.meaning.rules(for: number).isEmpty }
            if isNamed {
                findings += Self.few(found)
                continue
            }
            for finding in found {
                let known = unnamed.firstIndex { $0.isSame(as: finding) }
                if let known { unnamed[known].numbers += 1 } else { unnamed.append(finding) }
            }
        }
        findings += unnamed
    }

    /// All differences in the answers to one number, each with its smallest call.
    private static func differences(
        _ one: Side, _ other: Side, _ architecture: UInt32, _ number: UInt32
    ) -> [Finding] {
        let sides = [one, other]
        let made = sides.flatMap {
            FilterPaths($0.filter, architecture: architecture, number: number)?.tests ?? []
        }
        let rules = sides.flatMap { $0.meaning.rules(for: number) }
        let tests = Set(made + rules.flatMap(\.conditions).map { ArgumentTest($0) })
        var found: [Finding] = []
        for probe in ProbeCalls.arguments(Array(tests), met: rules.map(\.metArguments)) {
            let call = SeccompCall(architecture: architecture, number: number, probe: probe)
            let answers = sides.map { side in
                Answer(
                    returnValue: side.filter.answer(to: call),
                    rule: side.meaning.decision(on: call).rule)
            }
            guard answers[0].returnValue != answers[1].returnValue else { continue }
            let finding = Finding(
                direction: direction(answers[0], answers[1]), call: call, numbers: 1,
                one: answers[0], other: answers[1])
            if let known = found.firstIndex(where: { $0.isSame(as: finding) }) {
                if call.isEasier(than: found[known].call) { found[known].call = call }
            } else {
                found.append(finding)
            }
        }
        return found
    }

    private static func direction(_ one: Answer, _ other: Answer) -> Direction {
        // What is no action kills the process.
        let widths = [one, other].map {
            SeccompAction(returnValue: $0.returnValue)?.width ?? .ended
        }
        if widths[0] == widths[1] { return .changed }
        return widths[0] < widths[1] ? .wider : .narrower
    }

    /// The easiest calls of each direction to read, wider ones first.
    private static func few(_ findings: [Finding]) -> [Finding] {
        Direction.allCases.flatMap { direction in
            findings.filter { $0.direction == direction }
                .sorted { $0.call.isEasier(than: $1.call) }.prefix(mostWitnesses)
        }
    }
}

extension FilterComparison.Finding {
    /// Whether both say the same of the same rules.
    fileprivate func isSame(as other: Self) -> Bool {
        one == other.one && self.other == other.other
    }
}

extension SeccompCall {
    /// Fewer arguments that are not 0, then fewer bits, then smaller values.
    fileprivate func isEasier(than other: SeccompCall) -> Bool {
        for weight in [Self.nonzero, Self.bits] where weight(self) != weight(other) {
            return weight(self) < weight(other)
        }
        return arguments.lexicographicallyPrecedes(other.arguments)
    }

    private static func nonzero(_ call: SeccompCall) -> Int {
        call.arguments.count { $0 != 0 }
    }

    private static func bits(_ call: SeccompCall) -> Int {
        call.arguments.reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
