import SandboxPolicy

/// Holds a finished program against the rules that it was made from, whoever made it.
///
/// libseccomp before 2.6.1 could merge two comparisons of 64-bit arguments into one that looks at
/// half of them (GHSA-4q85-33p6-j5g6), so no program is used on its word alone.
enum ProgramCheck {
    /// A call that the program and the rules answer differently, or that shows that the program
    /// cannot be followed.
    struct Mismatch: Error, Equatable, Sendable {
        var call: SeccompCall
        /// What the rules want.
        var expected: PolicyMeaning.Decision
        /// What the program returns; nil when it does what no program of libseccomp's does.
        var answer: UInt32?
    }

    /// - Throws: ``Mismatch`` with the first call that shows a difference. ``ProbeCalls`` says which
    ///   calls are looked at.
    static func check(
        _ filter: CompiledFilter, means meaning: PolicyMeaning,
        on architecture: SeccompArchitecture
    ) throws(Mismatch) {
        let numbers = ProbeCalls.numbers(filter)
        for number in numbers {
            try check(filter, meaning, architecture.auditValue, number)
        }
        let end: Set = [SeccompAction.killProcess.returnValue]
        for foreign in ProbeCalls.foreignArchitectures(for: architecture) {
            // One guard before everything else settles it for all numbers and arguments.
            let paths = FilterPaths(filter, architecture: foreign, number: nil)
            if paths?.returns == end { continue }
            for number in numbers { try check(filter, meaning, foreign, number) }
        }
    }

    private static func check(
        _ filter: CompiledFilter, _ meaning: PolicyMeaning, _ architecture: UInt32,
        _ number: UInt32
    ) throws(Mismatch) {
        let rules = meaning.rules(for: number)
        let isOwn = architecture == meaning.architecture.auditValue
        guard let made = FilterPaths(filter, architecture: architecture, number: number) else {
            let call = SeccompCall(architecture: architecture, number: number)
            throw Mismatch(call: call, expected: meaning.decision(on: call), answer: nil)
        }
        // Rules are about the architecture's own calls alone.
        let wanted = isOwn ? rules.flatMap(\.conditions).map { ArgumentTest($0) } : []
        let tests = Array(Set(made.tests + wanted))
        for probe in ProbeCalls.arguments(tests, met: rules.map(\.metArguments)) {
            let call = SeccompCall(architecture: architecture, number: number, probe: probe)
            let expected = meaning.decision(on: call)
            let answer = filter.answer(to: call)
            guard answer == expected.action.returnValue else {
                throw Mismatch(call: call, expected: expected, answer: answer)
            }
        }
    }
}

extension ProgramCheck.Mismatch: CustomStringConvertible {
    var description: String {
        let wanted = expected.action.text
        guard let answer else {
            return "the program for \(call.text) does what no filter should; "
                + "the policy wants \(wanted)"
        }
        return "the program answers \(call.text) with \(SeccompAction.text(of: answer)), and the "
            + "policy wants \(wanted)"
    }
}
