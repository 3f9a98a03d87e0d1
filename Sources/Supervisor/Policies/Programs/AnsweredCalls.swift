import SandboxPolicy

/// Which calls a policy names on an architecture, and what each can come to.
struct AnsweredCalls {
    struct Entry: Equatable {
        var name: String
        var number: UInt32
        /// What its rules do, each action once, in the order of the file.
        var actions: [SeccompAction]
        /// Whether the arguments decide.
        var hasConditions: Bool
    }

    /// Calls that rules change anything about, by name.
    let entries: [Entry]
    private let defaultAction: SeccompAction
    private let architecture: SeccompArchitecture

    init(_ rules: SeccompRules, for architecture: SeccompArchitecture) {
        let meaning = PolicyMeaning(rules, for: architecture)
        defaultAction = rules.defaultAction
        self.architecture = architecture
        entries = meaning.numbers.compactMap { number -> Entry? in
            let own = meaning.rules(for: number).filter { $0.action != rules.defaultAction }
            // A rule without conditions decides alone.
            let decisive = own.first { $0.conditions.isEmpty }.map { [$0] } ?? own
            guard !decisive.isEmpty else { return nil }
            var actions: [SeccompAction] = []
            for rule in decisive where !actions.contains(rule.action) {
                actions.append(rule.action)
            }
            return Entry(
                name: SyscallNames.name(of: number, architecture.auditValue), number: number,
                actions: actions, hasConditions: !decisive[0].conditions.isEmpty)
        }.sorted { $0.name < $1.name }
    }

    /// The names of all calls that are carried out with some arguments at least.
    var allowed: [String] {
        let named = entries.filter { entry in
            entry.actions.contains(where: \.permits)
                || entry.hasConditions && defaultAction.permits
        }.map(\.name)
        guard defaultAction.permits else { return named }
        let others = SyscallCatalogue.all.filter { entry in
            entry.number(on: architecture) != nil && !entries.contains { $0.name == entry.name }
        }.map(\.name)
        return (named + others).sorted()
    }

    /// The actions of rules, those that leave most to the caller first.
    var actions: [SeccompAction] {
        var found: [SeccompAction] = []
        for action in entries.flatMap(\.actions) where !found.contains(action) {
            found.append(action)
        }
        return found.sorted { ($1.width, $0.text) < ($0.width, $1.text) }
    }
}
