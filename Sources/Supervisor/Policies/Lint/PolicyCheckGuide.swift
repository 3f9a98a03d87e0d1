import SandboxPolicy

/// What `docs/policy-checks.md` and code scanning say about one check.
struct PolicyCheckGuide: Sendable {
    /// The defect, as half a sentence.
    let title: String
    /// That of most findings; ``cases`` has the others.
    let severity: PolicyDiagnostic.Severity
    /// When which severity is given, where there is more than one.
    var cases: String?
    /// What the check finds.
    let finds: String
    /// What follows from the defect.
    let why: String
    /// Lines of a policy with the defect and without it.
    let before: String
    let after: String

    /// The text under the check's heading.
    var markdown: String {
        """
        \(title). \(severity.rawValue.capitalisedFirst)\(cases.map { "; \($0)" } ?? "").

        **Finds:** \(finds)

        **Why:** \(why)

        ```yaml
        # before
        \(before)
        # after
        \(after)
        ```

        """
    }
}

extension PolicyCheck {
    var guide: PolicyCheckGuide { fileGuide ?? grantGuide ?? ruleGuide }

    /// The text of `docs/policy-checks.md`.
    static var documentation: String {
        var text = """
            # What `glovebox policy lint` checks

            A file with an error is not served: `serve` refuses to start with it, and a reload keeps the
            policy before it. Warnings are logged and served; `--strict` fails on them too, as a pipeline
            should. Notes ask for nothing. The names in brackets stand at the end of each line of the
            output, in JSON as `check`, and in SARIF as rules. They keep their meaning.

            What a rule allows is decided by what it means and not by how it is written: a check looks for
            a call that the policy carries out, tries the values on both sides of every bound and each
            bit, and names the one it found. Rules are decided for each architecture that the policy
            covers, for a child without capabilities and for the kernel that the command runs on.

            | check | severity | finds |
            |---|---|---|

            """
        for check in allCases {
            let guide = check.guide
            text += "| [`\(check.rawValue)`](#\(check.rawValue)) | \(guide.severity.rawValue) | "
            text += "\(guide.title) |\n"
        }
        for check in allCases {
            text += "\n## \(check.rawValue)\n\n\(check.guide.markdown)"
        }
        return text
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
