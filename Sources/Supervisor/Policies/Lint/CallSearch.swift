import SandboxPolicy

/// Looks for calls that a policy carries out although it should not, or the other way round: by
/// what the rules mean, and not by how they are written.
///
/// A search tries, rule by rule, the values on both sides of every bound of the rule, those with each
/// bit changed, and for the other arguments values that meet the rule. What it finds is a call that
/// the policy carries out.
struct CallSearch {
    let architecture: SeccompArchitecture
    private let meaning: PolicyMeaning

    init(_ rules: SeccompRules, for architecture: SeccompArchitecture) {
        self.architecture = architecture
        meaning = PolicyMeaning(rules, for: architecture)
    }

    /// Arguments of a call by their index.
    typealias Values = [Int: UInt64]

    /// A call that is carried out, and the rule that lets it.
    struct Witness {
        let call: SeccompCall
        let rule: SyscallRule
    }

    /// For each rule that lets such calls through, one of them.
    ///
    /// - Parameters:
    ///   - fixed: Arguments that the call is to have.
    ///   - index: An argument whose value is looked for.
    ///   - isSought: What that value is to be.
    func carriedOut(
        _ name: String, fixing fixed: Values = [:], index: Int = 0,
        where isSought: (UInt64) -> Bool = { _ in true }
    ) -> [Witness] {
        guard let number = SyscallCatalogue.entry(name)?.number(on: architecture) else {
            return []
        }
        let rules = meaning.rules(for: number)
        let denying = rules.filter { !$0.action.permits }
        return rules.filter(\.action.permits).compactMap { rule in
            witness(number, rule, besides: denying, fixed, index, isSought)
                .map { Witness(call: $0, rule: rule) }
        }
    }

    /// What happens to a call of this name; nil where the architecture lacks it.
    func decision(on name: String, _ values: Values) -> PolicyMeaning.Decision? {
        guard let number = SyscallCatalogue.entry(name)?.number(on: architecture) else {
            return nil
        }
        return meaning.decision(
            on: SeccompCall(number, (0..<6).map { values[$0] ?? 0 }, on: architecture))
    }

    private func witness(
        _ number: UInt32, _ rule: SyscallRule, besides denying: [SyscallRule], _ fixed: Values,
        _ index: Int, _ isSought: (UInt64) -> Bool
    ) -> SeccompCall? {
        var arguments = [UInt64](repeating: 0, count: SeccompCall.argumentCount)
        for other in arguments.indices where other != index || fixed[other] != nil {
            let conditions = rule.conditions.filter { Int($0.index) == other }
            let choices = fixed[other].map { [$0] } ?? conditions.boundaries
            guard
                let value = choices.first(where: { value in
                    conditions.allSatisfy { $0.holds(for: value) }
                })
            else { return nil }
            arguments[other] = value
        }
        let own = rule.conditions.filter { Int($0.index) == index }
        let candidates = fixed[index].map { [$0] } ?? own.boundaries.withEachBitChanged
        var tries = 0
        for value in candidates where isSought(value) && own.allSatisfy({ $0.holds(for: value) }) {
            arguments[index] = value
            let call = SeccompCall(number, arguments, on: architecture)
            tries += denying.count
            // Where so many rules deny that they cannot all be asked, none is believed.
            if denying.isEmpty || tries > Self.mostTries { return call }
            if meaning.decision(on: call).action.permits { return call }
        }
        return nil
    }

    /// How many denials are asked for one rule. Policies have a handful.
    private static let mostTries = 20_000
}

extension [ArgumentCondition] {
    /// The values at and beside each bound, and the ends of the range.
    var boundaries: [UInt64] {
        var values: [UInt64] = [0]
        for condition in self {
            if condition.comparison == .maskedEqual {
                values += [condition.valueTwo, condition.valueTwo | ~condition.value]
            } else {
                values += [condition.value, condition.value &+ 1, condition.value &- 1]
            }
        }
        values += [1, UInt64(UInt32.max), .max]
        var seen: Set<UInt64> = []
        return values.filter { seen.insert($0).inserted }
    }
}

extension [UInt64] {
    /// The values, and each of them with one bit changed.
    fileprivate var withEachBitChanged: [UInt64] {
        self + flatMap { value in (0..<64).map { value ^ 1 << UInt64($0) } }
    }
}
