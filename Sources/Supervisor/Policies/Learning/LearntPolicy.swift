import ImageVocabulary
import SandboxPolicy

/// A policy file made of observed calls.
struct LearntPolicy: Sendable {
    /// YAML. The same observations under the same circumstances give the same bytes.
    let text: String
    /// The text as it is read back.
    let document: PolicyDocument
    /// What the linter says; no error is among it.
    let diagnostics: [PolicyDiagnostic]

    /// - Parameters:
    ///   - frame: The policy whose children were looked at: limits and layers are its own.
    ///   - path: Where the policy is to be, for diagnostics.
    /// - Throws: ``PolicyError`` with all that is wrong with what came of it, such as no format.
    init(
        _ observed: ObservedCalls, frame: PolicyDocument, run: LearningRun,
        path: String = "learnt.yaml"
    ) throws(PolicyError) {
        let rules = LearntRules(observed, seenWith: run.library).rules
        let lines =
            Self.heading(observed, run)
            + Self.settings(frame, formats: observed.formats, root: observed.root)
            + Self.seccomp(rules, on: observed.architecture)
        text = lines.joined(separator: "\n") + "\n"
        document = try PolicyReader.document(Array(text.utf8), path: path)
        diagnostics = PolicyLinter.lint(document)
        guard diagnostics.allSatisfy({ $0.severity != .error }) else {
            throw PolicyError(diagnostics: diagnostics)
        }
    }
}

/// What stands above the settings.
extension LearntPolicy {
    private static func heading(_ observed: ObservedCalls, _ run: LearningRun) -> [String] {
        let paragraphs = [
            "A policy learnt by 'glovebox policy learn' from the calls that trusted images made.",
            "While it was made every call was held, and then carried out, answered or stopped. "
                + "Nobody decided about the calls: a rule says that one was seen, and not that it "
                + "should be let through. Read the policy before it is served.",
            "What stands behind 'learnt:' in a comment says how many calls in how many images a "
                + "rule rests on. Rules that no image showed say what they are there for.",
        ]
        var lines = ["# yaml-language-server: $schema=policy.schema.json", "#"]
        for paragraph in paragraphs { lines += commented(paragraph) + ["#"] }
        lines += facts(observed, run)
        return lines + [""]
    }

    private static func facts(_ observed: ObservedCalls, _ run: LearningRun) -> [String] {
        let counts = observed.imagesByFormat
        let images = ImageFormat.allCases.compactMap { format in
            counts[format].map { "\(format.name) \($0)" }
        }
        var lines = [
            fact("date", run.date), fact("kernel", run.kernel),
            fact("architecture", observed.architecture.label),
            fact("libvips", run.library.version),
            fact("images", images.isEmpty ? "none" : images.joined(separator: ", ")),
        ]
        for library in Set(run.libraries).sorted(by: { ($0.name, $0.build) < ($1.name, $1.build) })
        {
            lines.append(
                fact("library", library.name + (library.build.isEmpty ? "" : " \(library.build)")))
        }
        lines += run.merged.map { fact("merged", "\($0.path) \($0.sha256)") }
        return lines
    }

    private static func fact(_ name: String, _ value: String) -> String {
        let gap = String(repeating: " ", count: max(1, 14 - name.count))
        return "#   \(name)\(gap)\(RuleText.oneLine(value))"
    }

    private static func commented(_ text: String) -> [String] {
        WrappedText.lines(text, columns: RuleText.columns, first: "# ", rest: "# ")
    }
}

/// What is the frame's, and the rules.
extension LearntPolicy {
    private static func settings(
        _ frame: PolicyDocument, formats: [ImageFormat], root: SandboxRoot
    ) -> [String] {
        let own = frame.glovebox ?? GloveboxSection()
        var lines = [
            "x-glovebox:",
            "  formats: [\(formats.map(\.name).joined(separator: ", "))]",
            "  root: \(root.name)",
            "  posture:",
            "    required:",
        ]
        lines += own.requiredLayers.map { "      - \($0.rawValue)" }
        lines += ["  limits:"] + own.limits.named.map { "    \($0.name): \($0.value)" }
        if !frame.resourceLimits.isEmpty {
            lines += ["", "process:", "  rlimits:"]
            lines += frame.resourceLimits.map {
                "    - { type: \($0.kind.name), hard: \($0.hard), soft: \($0.soft) }"
            }
        }
        let namespaces = ["user", "pid", "network", "mount", "ipc", "uts", "cgroup"]
        return lines + ["", "linux:", "  namespaces:"]
            + namespaces.map { "    - { type: \($0) }" }
    }

    private static func seccomp(
        _ rules: [SyscallRule], on architecture: SeccompArchitecture
    ) -> [String] {
        var lines = [
            "", "  seccomp:",
            "    # A call that no rule names is held and recorded, and the child is killed.",
            "    defaultAction: SCMP_ACT_NOTIFY",
            "    architectures: [\(architecture.rawValue)]",
            "    syscalls:",
        ]
        var heading = ""
        for rule in rules {
            let own = rule.action.permits ? rule.group.rawValue : answered
            if own != heading {
                heading = own
                lines += ["", title(own)]
                if own == answered {
                    lines += ["      # Libraries probe for these and go on without."]
                }
            }
            lines += [""] + RuleText.lines(rule, indent: 6)
        }
        return lines
    }

    private static let answered = "answered without being carried out"

    private static func title(_ text: String) -> String {
        let start = "      # ---- \(text) "
        return start + String(repeating: "-", count: max(4, 95 - start.count))
    }
}
