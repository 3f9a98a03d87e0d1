import Logging
import SandboxPolicy

extension Logger {
    /// Says what a policy's author should know although the policy is served.
    func warn(of diagnostics: [PolicyDiagnostic]) {
        for diagnostic in diagnostics {
            warning("policy warning", metadata: ["diagnostic": "\(diagnostic)"])
        }
    }

    /// Says that the service's own account could change its policies.
    func warn(of exposures: [PathExposure]) {
        guard !exposures.isEmpty else { return }
        let remedy = exposures.flatMap(\.remedies).joined(separator: " && ")
        warning(
            "the service's own account could change its policies",
            metadata: [
                "paths": .array(exposures.map { "\($0.path)" }),
                "remedy": "Run as root: \(remedy)",
            ])
    }
}
