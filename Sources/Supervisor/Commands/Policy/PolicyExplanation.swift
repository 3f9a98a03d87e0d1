import SandboxPolicy

/// What a policy lets a child do on an architecture: every call that it names, the rules for it, and
/// what happens to the rest.
struct PolicyExplanation {
    /// One call that the policy names and the architecture has.
    struct Call {
        let entry: SyscallEntry
        /// In the order of the file, at least one.
        let rules: [SyscallRule]

        /// Those that let it be carried out.
        var grants: [SyscallRule] { rules.filter { $0.action.permits } }
    }

    /// A rule that does not concern a child, and why.
    struct Unconcerned {
        let rule: SyscallRule
        let reason: String
    }

    let path: String
    let architecture: SeccompArchitecture
    let defaultAction: SeccompAction
    /// Where the default action stands, which may be the base's.
    let defaultPlace: PolicyDocument.Place
    /// By group, and by name within one.
    let calls: [Call]
    /// The rules that name calls, in the order of the file.
    let rules: [SyscallRule]
    let unconcerned: [Unconcerned]
    /// Names that only other architectures have.
    let elsewhere: [String]
    /// Names of no call that is known.
    let unknown: [String]

    init(
        _ document: PolicyDocument, on architecture: SeccompArchitecture,
        kernel: KernelVersion = .running
    ) {
        path = document.path
        self.architecture = architecture
        defaultAction = document.profile.defaultAction
        defaultPlace = document.defaultPlace
        rules = document.rules(for: architecture, kernel: kernel).rules
        unconcerned = document.profile.rules.compactMap { entry in
            entry.reasonAgainst(architecture, kernel).map {
                Unconcerned(rule: entry.rule, reason: $0)
            }
        }
        var named: [String: [SyscallRule]] = [:]
        var (elsewhere, unknown): (Set<String>, Set<String>) = ([], [])
        for rule in rules {
            for name in Set(rule.names.map(\.text)) {
                switch SyscallNames.lookup(name, on: architecture) {
                case .number: named[name, default: []].append(rule)
                case .elsewhere: elsewhere.insert(name)
                case .unknown: unknown.insert(name)
                }
            }
        }
        self.elsewhere = elsewhere.sorted()
        self.unknown = unknown.sorted()
        let groups = SyscallEntry.Group.allCases
        calls =
            groups.flatMap { group in
                SyscallCatalogue.all.filter { $0.group == group && named[$0.name] != nil }
                    .sorted { $0.name < $1.name }
                    .map { Call(entry: $0, rules: named[$0.name] ?? []) }
            }
    }

    /// Calls of which something may pass.
    var granted: [Call] { calls.filter { !$0.grants.isEmpty } }

    /// Of those the ones that are more than harmless or limited, the most exposed first.
    var exposed: [Call] {
        granted.filter { $0.entry.exposure >= .byArguments }
            .sorted {
                ($1.entry.exposure, $0.isHeld ? 1 : 0, $0.entry.name)
                    < ($0.entry.exposure, $1.isHeld ? 1 : 0, $1.entry.name)
            }
    }

    /// How many of all calls of the architecture are carried out, answered, or end the child, each
    /// counted by the most that a rule leaves it.
    var counts: (carriedOut: Int, answered: Int, ended: Int) {
        var counts: [SeccompAction.Width: Int] = [:]
        let all = SyscallCatalogue.all.count { $0.number(on: architecture) != nil }
        counts[defaultAction.width] = all - calls.count
        for call in calls { counts[call.widest(defaultAction), default: 0] += 1 }
        return (counts[.carriedOut] ?? 0, counts[.answered] ?? 0, counts[.ended] ?? 0)
    }

    func conditions(_ rule: SyscallRule, of entry: SyscallEntry) -> String {
        ConditionText.text(rule.conditions, of: entry, on: architecture)
    }

    /// What stands for the place of a rule in a table: the line, before it the file if it is a base.
    func place(_ rule: SyscallRule) -> String {
        let base = rule.file.map { ($0.split(separator: "/").last.map(String.init) ?? $0) + ":" }
        return (base ?? "") + "\(rule.position.line)"
    }

    /// "line 62", "line 62 of raster.yaml" where it is the base's.
    var defaultText: String {
        let line = "line \(defaultPlace.position.line)"
        guard defaultPlace.file != path else { return line }
        return "\(line) of \(defaultPlace.file.split(separator: "/").last ?? "")"
    }

    /// The place as editors take it.
    func location(_ rule: SyscallRule) -> String {
        "\(rule.file ?? path):\(rule.position.line)"
    }
}

extension PolicyExplanation.Call {
    /// Whether every rule that lets it pass compares arguments.
    var isHeld: Bool { grants.allSatisfy { !$0.conditions.isEmpty } }

    /// The arguments that every such rule compares.
    var heldBy: String {
        let indices = grants.map { Set($0.conditions.map(\.index)) }
        guard let first = indices.first else { return "" }
        let shared = indices.dropFirst().reduce(first) { $0.intersection($1) }.sorted()
        if shared.isEmpty { return isHeld ? "differing arguments" : "nothing" }
        return shared.map { index in
            let arguments = entry.arguments
            return Int(index) < arguments.count ? arguments[Int(index)].name : "argument \(index)"
        }.joined(separator: ", ")
    }

    fileprivate func widest(_ defaultAction: SeccompAction) -> SeccompAction.Width {
        let widest = rules.map(\.action.width).max() ?? defaultAction.width
        // What no rule's conditions meet is decided by default.
        return rules.contains { $0.conditions.isEmpty } ? widest : max(widest, defaultAction.width)
    }
}

extension SeccompProfile.Rule {
    /// Why the rule does not concern a child on an architecture and a kernel; nil when it does.
    func reasonAgainst(
        _ architecture: SeccompArchitecture, _ kernel: KernelVersion
    ) -> String? {
        if !includes.capabilities.isEmpty {
            return "includes \(includes.capabilities.joined(separator: ", "))"
        }
        if let wanted = includes.architectures, !wanted.contains(architecture) {
            return wanted.isEmpty
                ? "is for other architectures"
                : "is for \(wanted.map(\.label).joined(separator: ", "))"
        }
        if let minimum = includes.minimumKernel, kernel < minimum {
            return "needs Linux \(minimum), and this is \(kernel)"
        }
        if excludes.architectures?.contains(architecture) == true {
            return "excludes \(architecture.label)"
        }
        if let minimum = excludes.minimumKernel, kernel >= minimum {
            return "excludes Linux \(minimum) and newer, and this is \(kernel)"
        }
        return nil
    }
}
