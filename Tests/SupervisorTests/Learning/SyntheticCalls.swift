import SandboxPolicy

@testable import Supervisor

/// Calls that meet the rules of a shipped policy.
enum SyntheticCalls {
    static func document(_ name: String) throws -> PolicyDocument {
        try PolicyReader.document(path: ReadPolicy.repositoryFile("policies/\(name).yaml"))
    }

    /// Calls that meet a rule: with the fixed bits alone, with each free one of the lower half that
    /// a name is known for, and with all of those.
    static func calls(
        meeting rule: SyscallRule, named name: String, on architecture: SeccompArchitecture
    ) -> [SeccompCall] {
        guard let entry = SyscallCatalogue.entry(name),
            let number = entry.number(on: architecture)
        else { return [] }
        let base = Array(rule.metArguments.prefix(6))
        var found = [base]
        for condition in rule.conditions where condition.comparison == .maskedEqual {
            let index = Int(condition.index)
            let free = ~condition.value & 0xffff_ffff
            let kind = entry.arguments[index].kind
            let known =
                kind.names(on: architecture).map { names in
                    names.constants.reduce(UInt64(0)) { $0 | $1.value }
                } ?? free
            var all = base
            for bit in UInt64(0)..<32 where free & known & (1 << bit) != 0 {
                var one = base
                one[index] |= 1 << bit
                all[index] |= 1 << bit
                found.append(one)
            }
            // Of clocks and advices the bits together may be another one that is still met.
            found.append(all)
        }
        return found.map { SeccompCall(number, $0, on: architecture) }
    }

    /// Every call and the rule that it meets.
    static func all(
        of document: PolicyDocument, on architecture: SeccompArchitecture
    ) -> [(call: SeccompCall, rule: SyscallRule)] {
        let rules = document.rules(for: architecture)
        let meaning = PolicyMeaning(rules, for: architecture)
        return rules.rules.flatMap { rule in
            rule.names.flatMap { calls(meeting: rule, named: $0.text, on: architecture) }
                .filter { meaning.decision(on: $0).rule == rule }.map { ($0, rule) }
        }
    }

    static func side(
        _ document: PolicyDocument, _ architecture: SeccompArchitecture
    ) throws -> FilterComparison.Side {
        let rules = document.rules(for: architecture)
        return FilterComparison.Side(
            filter: try PolicyCompiler.compile(rules, for: architecture, path: document.path),
            meaning: PolicyMeaning(rules, for: architecture))
    }

    /// What the second policy lets a child do that the first does not.
    static func wider(
        _ one: PolicyDocument, _ other: PolicyDocument, on architecture: SeccompArchitecture
    ) throws -> [String] {
        FilterComparison(
            try side(one, architecture), try side(other, architecture), on: architecture
        ).findings.filter { $0.direction == .wider }.map(\.call.text)
    }
}
