import SandboxPolicy

/// A document, decided for each architecture it covers: what the checks look at.
struct LintSubject: Sendable {
    /// One rule, and where it applies.
    struct Rule: Sendable {
        let rule: SyscallRule
        let architectures: [SeccompArchitecture]
    }

    let document: PolicyDocument
    /// Those the policy covers; all of them where it covers none, so that its rules are looked at.
    let architectures: [SeccompArchitecture]
    /// The rules that count on an architecture.
    let decided: [SeccompArchitecture: SeccompRules]
    /// Each rule once, in the order of the file.
    let rules: [Rule]
    let searches: [CallSearch]

    init(_ document: PolicyDocument, kernel: KernelVersion) {
        self.document = document
        let covered = document.profile.architectures
        let architectures = covered.isEmpty ? SeccompArchitecture.allCases : covered
        self.architectures = architectures
        let decided = Dictionary(
            architectures.map { ($0, document.rules(for: $0, kernel: kernel)) },
            uniquingKeysWith: { first, _ in first })
        self.decided = decided
        let places = decided.mapValues { Set($0.rules.map(Place.init)) }
        rules = document.profile.rules.compactMap { entry in
            let holders = architectures.filter {
                places[$0]?.contains(Place(entry.rule)) == true
            }
            return holders.isEmpty ? nil : Rule(rule: entry.rule, architectures: holders)
        }
        searches = architectures.compactMap { architecture in
            decided[architecture].map { CallSearch($0, for: architecture) }
        }
    }

    /// Where a rule stands, which tells it from every other one.
    struct Place: Hashable {
        let file: String?
        let line: Int
        let column: Int

        init(_ rule: SyscallRule) {
            file = rule.file
            line = rule.position.line
            column = rule.position.column
        }
    }

    var defaultAction: SeccompAction { document.profile.defaultAction }

    /// What the children find in place of a file system.
    var root: SandboxRoot { document.glovebox?.root ?? .empty }

    /// Each rule that lets such a call through on some architecture, with one such call.
    /// The parameters are those of ``CallSearch/carriedOut(_:fixing:index:where:)``.
    func carriedOut(
        _ name: String, fixing fixed: CallSearch.Values = [:], index: Int = 0,
        where isSought: (UInt64) -> Bool = { _ in true }
    ) -> [CallSearch.Witness] {
        var seen: Set<Place> = []
        return searches.flatMap { search in
            search.carriedOut(name, fixing: fixed, index: index, where: isSought)
        }.filter { seen.insert(Place($0.rule)).inserted }
    }

    /// Each name that some rule lets through without regard to arguments, once a rule.
    func permittedNames() -> [(rule: SyscallRule, name: SyscallRule.Name)] {
        rules.filter(\.rule.action.permits).flatMap { entry in
            entry.rule.names.map { (entry.rule, $0) }
        }
    }

    /// A diagnostic about a rule, in the file that has it.
    ///
    /// - Parameter name: The call that it is about, where it is about one of several.
    func diagnostic(
        _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck, _ rule: SyscallRule,
        naming name: String? = nil, _ what: String, _ hint: String
    ) -> PolicyDiagnostic {
        let place = rule.names.first { $0.text == name }?.position ?? rule.position
        return PolicyDiagnostic(
            severity, check, file: rule.file ?? document.path, at: place, what: what, hint: hint)
    }

    /// A diagnostic about the file.
    func diagnostic(
        _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck,
        at place: PolicyDocument.Place? = nil, _ what: String, _ hint: String
    ) -> PolicyDiagnostic {
        PolicyDiagnostic(
            severity, check, file: place?.file ?? document.path, at: place?.position ?? .start,
            what: what, hint: hint)
    }

    /// Where the file has a key, by its path such as `x-glovebox.root`; nil where
    /// it does not have it.
    func place(of key: String) -> PolicyDocument.Place? { document.places[key] }

    /// Where the default action stands.
    var defaultPlace: PolicyDocument.Place? { place(of: "linux.seccomp.defaultAction") }
}

extension SyscallRule {
    /// Where the file has one of the conditions.
    func position(ofCondition index: Int) -> SourcePosition {
        conditionPositions.indices.contains(index) ? conditionPositions[index] : position
    }
}
