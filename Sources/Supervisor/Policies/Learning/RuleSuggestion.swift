import SandboxPolicy

/// What to do about one call that a policy ended a child for.
struct RuleSuggestion: Sendable {
    enum Verdict: Equatable, Sendable {
        /// The policy lets it pass or answers it. The rule is nil where that is its default.
        case alreadyDecided(SeccompAction, SyscallRule?)
        /// The smallest rule that lets it through.
        case permit(SyscallRule)
        /// The rule that answers it without carrying it out.
        case answer(SyscallRule)
        /// Half a sentence.
        case doNotPermit(String)
    }

    let call: SeccompCall
    let verdict: Verdict
    /// What the catalogue knows of the call; nil where it does not know it.
    let entry: SyscallEntry?
    /// The policy with the rule; nil where no rule is suggested.
    let outcome: PolicyDocument?
    /// What the linter says of that policy and did not say before; no error is among it.
    let warnings: [PolicyDiagnostic]

    /// The rule that is suggested.
    var rule: SyscallRule? {
        switch verdict {
        case .permit(let rule), .answer(let rule): rule
        case .alreadyDecided, .doNotPermit: nil
        }
    }

    /// - Parameter origin: What the comment says of where the rule is from, half a sentence.
    init(_ call: SeccompCall, for policy: PolicyDocument, origin: String) {
        self.call = call
        let own = SeccompArchitecture.allCases.first { $0.auditValue == call.architecture }
        entry = own.flatMap { SyscallCatalogue.entry(number: call.number, on: $0) }
        let verdict = Self.verdict(on: call, for: policy, own, entry, origin)
        let rule = RuleSuggestion.rule(of: verdict)
        guard let rule else {
            (self.verdict, outcome, warnings) = (verdict, nil, [])
            return
        }
        let changed = policy.adding(rule)
        let news = Self.news(in: changed, since: policy)
        if let error = news.first(where: { $0.severity == .error }) {
            self.verdict = .doNotPermit("the linter refuses such a rule: \(error.what)")
            (outcome, warnings) = (nil, [])
            return
        }
        (self.verdict, outcome) = (verdict, changed)
        warnings = news.filter { $0.severity == .warning }
    }

    private static func rule(of verdict: Verdict) -> SyscallRule? {
        switch verdict {
        case .permit(let rule), .answer(let rule): rule
        case .alreadyDecided, .doNotPermit: nil
        }
    }

    private static func verdict(
        on call: SeccompCall, for policy: PolicyDocument, _ architecture: SeccompArchitecture?,
        _ entry: SyscallEntry?, _ origin: String
    ) -> Verdict {
        guard let architecture, !architecture.isForeign(number: call.number) else {
            return .doNotPermit("it is made as another architecture, which no policy lets pass")
        }
        guard policy.profile.architectures.contains(architecture) else {
            return .doNotPermit("the policy does not cover \(architecture.label)")
        }
        let decision = PolicyMeaning(policy.rules(for: architecture), for: architecture)
            .decision(on: call)
        if decision.action.width != .ended {
            return .alreadyDecided(decision.action, decision.rule)
        }
        if let rule = decision.rule {
            let place = "\(rule.file ?? policy.path):\(rule.position.line)"
            return .doNotPermit("a rule ends the child on purpose, \(place)")
        }
        var judge = CallJudge(
            on: architecture, root: policy.glovebox?.root ?? .empty, onlyProbes: true)
        func made(
            _ pattern: CallPattern, _ action: SeccompAction, _ reason: String?
        ) -> SyscallRule? {
            entry.map { entry in
                let purpose = LearntComment.purpose(
                    of: entry, action, pattern.conditions, reason: reason, on: architecture)
                return SyscallRule(
                    names: [SyscallRule.Name(entry.name, at: .start)], action: action,
                    conditions: pattern.conditions, comment: "\(purpose); \(origin)",
                    position: PolicyDocument.addedPosition)
            }
        }
        switch judge.judge(call) {
        case .refuse(let reason): return .doNotPermit(reason)
        case .permit(let pattern):
            return made(pattern, .allow, nil).map { .permit($0) } ?? .doNotPermit("it has no name")
        case .answer(let pattern, let errno, let reason):
            return made(pattern, .errno(errno), reason).map { .answer($0) }
                ?? .doNotPermit("it has no name")
        }
    }

    /// What the linter says of one policy and not of the other, wherever in the file.
    private static func news(
        in changed: PolicyDocument, since policy: PolicyDocument
    ) -> [PolicyDiagnostic] {
        let known = PolicyLinter.lint(policy).map { "\($0.check) \($0.what)" }
        return PolicyLinter.lint(changed).filter { !known.contains("\($0.check) \($0.what)") }
    }
}

extension PolicyDocument {
    /// Where a rule stands that is in no file yet: behind every other one.
    static let addedPosition = SourcePosition(line: .max, column: 1)

    /// The same policy with one rule more.
    func adding(_ rule: SyscallRule) -> PolicyDocument {
        var profile = profile
        profile.rules.append(SeccompProfile.Rule(rule: rule))
        return PolicyDocument(
            name: name, path: path, base: base, profile: profile, glovebox: glovebox,
            resourceLimits: resourceLimits, diagnostics: diagnostics, places: places)
    }
}
