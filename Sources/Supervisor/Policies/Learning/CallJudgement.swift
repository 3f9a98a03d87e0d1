import SandboxPolicy

/// What learning makes of one call.
enum CallJudgement: Equatable, Sendable {
    /// A rule of this pattern may let it through.
    case permit(CallPattern)
    /// A rule of this pattern answers it. The reason is for the comment, behind the errno's name.
    case answer(CallPattern, errno: UInt16, reason: String)
    /// No rule is made of it, and why: half a sentence.
    case refuse(String)
}

/// Judges calls for the children of one root: the linter decides what no rule may permit, the table
/// of answers what libraries only probe for.
struct CallJudge: Sendable {
    let architecture: SeccompArchitecture
    let root: SandboxRoot
    /// Whether an argument that is no probe's makes the call one that is carried out. While a
    /// policy is learnt such a call was answered too, and nothing missed it.
    let onlyProbes: Bool

    /// What the linter said of patterns, which are asked for again with every call.
    private var objections: [CallPattern: String?] = [:]
    private static let mostObjections = 4_096

    init(on architecture: SeccompArchitecture, root: SandboxRoot, onlyProbes: Bool) {
        self.architecture = architecture
        self.root = root
        self.onlyProbes = onlyProbes
    }

    mutating func judge(_ call: SeccompCall) -> CallJudgement {
        guard call.architecture == architecture.auditValue,
            !architecture.isForeign(number: call.number)
        else { return .refuse("it is made as another architecture, which no policy lets pass") }
        guard let entry = SyscallCatalogue.entry(number: call.number, on: architecture) else {
            return .refuse("no system call is known by this number, and no rule can name it")
        }
        if let answer = LearningTable.answer(to: entry.name, root: root),
            !onlyProbes || answer.isProbe(call)
        {
            let pattern = CallPattern(call, of: entry, root: root, comparing: answer.comparing)
            return .answer(pattern, errno: answer.errno, reason: answer.reason)
        }
        if let pattern = LearningTable.otherAdvice(call, entry) {
            let answer = LearningTable.adviceAnswer
            return .answer(pattern, errno: answer.errno, reason: answer.reason)
        }
        if let reason = LearningTable.stopReason(for: entry, root: root) {
            return .refuse("'\(entry.name)' is never allowed: \(reason)")
        }
        let pattern = CallPattern(call, of: entry, root: root, comparing: nil)
        return objection(to: pattern).map { .refuse($0) } ?? .permit(pattern)
    }

    /// What the linter says against a rule that permits a pattern; nil where that is nothing.
    mutating func objection(to pattern: CallPattern) -> String? {
        if let known = objections[pattern] { return known }
        let found = lint(pattern)
        if objections.count < Self.mostObjections { objections[pattern] = .some(found) }
        return found
    }

    private func lint(_ pattern: CallPattern) -> String? {
        objection(
            to: SyscallRule(
                names: [SyscallRule.Name(pattern.name, at: .start)], action: .allow,
                conditions: pattern.conditions))
    }

    /// What the linter says against a rule, as if it were the only one of a policy; nil where that is
    /// nothing. A reason in its comment does not help it.
    func objection(to rule: SyscallRule) -> String? {
        let file = "rule"
        var rule = rule
        rule.comment = "learnt"
        rule.file = file
        var glovebox = GloveboxSection()
        glovebox.root = root
        let document = PolicyDocument(
            name: "", path: "", base: nil,
            profile: SeccompProfile(
                defaultAction: .notify, defaultPosition: .start, architectures: [architecture],
                rules: [SeccompProfile.Rule(rule: rule)]),
            glovebox: glovebox, resourceLimits: [], diagnostics: [], places: [:])
        let subject = LintSubject(document, kernel: .running)
        let checks: [PolicyLinter.Check] = [
            GrantCheck.run, ExecutableMemoryCheck.run, ProcessCreationCheck.run,
            FileAccessCheck.run,
        ]
        for check in checks {
            let found = check(subject).first { $0.file == file && $0.severity != .note }
            if let found { return "the linter refuses such a rule: \(found.what)" }
        }
        return nil
    }
}
