import ImageVocabulary
import SandboxPolicy

extension PolicyDocument {
    /// What is served of this document: its rules for this machine.
    ///
    /// - Throws: ``PolicyError`` where anything is wrong with it.
    func servable() throws(PolicyError) -> PolicyFile {
        guard let architecture = SeccompArchitecture.native else {
            throw PolicyError(
                diagnostics: [
                    error(.architecture, .start, "no policy covers this machine", "use another one")
                ])
        }
        let rules = rules(for: architecture)
        var diagnostics = self.diagnostics
        let nameIsLabel = name.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
        }
        if !nameIsLabel || !(1...32).contains(name.utf8.count) {
            diagnostics.append(
                error(
                    .structure, .start, "a policy cannot be called '\(name)'",
                    "name the file with up to 32 lower-case letters, digits and hyphens"))
        }
        diagnostics += rules.conflicts().map(describe)
        if ![.notify, .killProcess].contains(profile.defaultAction) {
            diagnostics.append(
                error(
                    .openDefault, profile.defaultPosition,
                    "'\(profile.defaultAction.name)' lets the caller of an unnamed call live on, or hang",
                    "write SCMP_ACT_NOTIFY or SCMP_ACT_KILL_PROCESS and name in rules what may pass"
                ))
        }
        guard let glovebox, diagnostics.allSatisfy({ $0.severity != .error }) else {
            throw PolicyError(diagnostics: diagnostics.inOrder(of: path))
        }
        return PolicyFile(
            name: name, path: path, formats: glovebox.formats, seccomp: rules,
            resourceLimits: resourceLimits, limits: glovebox.limits, root: glovebox.root,
            requiredLayers: glovebox.requiredLayers, warnings: diagnostics)
    }

    private func error(
        _ check: PolicyCheck, _ position: SourcePosition, _ what: String, _ hint: String
    ) -> PolicyDiagnostic {
        PolicyDiagnostic(.error, check, file: path, at: position, what: what, hint: hint)
    }

    private func describe(_ conflict: SeccompRules.Conflict) -> PolicyDiagnostic {
        let name = "'\(conflict.name.text)'"
        let earlier = "line \(conflict.earlier.line)"
        let (what, hint) =
            switch conflict.kind {
            case .twoActions:
                ("\(name) has another action in \(earlier)", "keep one of the two rules")
            case .conditionsWithoutEffect:
                (
                    "\(name) has a rule without args and one with args, here and in \(earlier)",
                    "give both args; for what the others leave of an int write 'value: 0x80000000, "
                        + "valueTwo: 0, op: SCMP_CMP_MASKED_EQ'"
                )
            case .bothCanMatch:
                (
                    "a call of \(name) can match this rule and the one in \(earlier)",
                    "write args that exclude each other"
                )
            }
        return error(.contradiction, conflict.name.position, what, hint)
    }
}

extension [PolicyDiagnostic] {
    /// Those of one file first, each file's by their place.
    fileprivate func inOrder(of path: String) -> [PolicyDiagnostic] {
        enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (one.file == path ? 0 : 1, one.position, left.offset)
                < (other.file == path ? 0 : 1, other.position, right.offset)
        }.map(\.element)
    }
}
