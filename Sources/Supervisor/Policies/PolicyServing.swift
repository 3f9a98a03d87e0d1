import ImageVocabulary
import SandboxPolicy

extension PolicyDocument {
    /// What is served of this document: its rules for this machine.
    ///
    /// - Throws: ``PolicyError`` with everything that there is to say about it, where one thing of
    ///   that is an error.
    func servable() throws(PolicyError) -> PolicyFile {
        guard let architecture = SeccompArchitecture.native else {
            throw PolicyError(
                diagnostics: [
                    error("no policy covers this machine", "use one of x86-64 or AArch64")
                ])
        }
        var diagnostics = PolicyLinter.lint(self)
        let nameIsLabel = name.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
        }
        if !nameIsLabel || !(1...32).contains(name.utf8.count) {
            diagnostics.insert(
                error(
                    "a policy cannot be called '\(StrictValues.shown(name))'",
                    "name the file with up to 32 lower-case letters, digits and hyphens"), at: 0)
        }
        guard let glovebox, diagnostics.allSatisfy({ $0.severity != .error }) else {
            throw PolicyError(diagnostics: diagnostics)
        }
        return PolicyFile(
            name: name, path: path, formats: glovebox.formats, also: glovebox.also,
            seccomp: rules(for: architecture),
            resourceLimits: resourceLimits, limits: glovebox.limits, root: glovebox.root,
            requiredLayers: glovebox.requiredLayers,
            warnings: diagnostics.filter { $0.severity == .warning })
    }

    private func error(_ what: String, _ hint: String) -> PolicyDiagnostic {
        PolicyDiagnostic(.error, .structure, file: path, at: .start, what: what, hint: hint)
    }
}
