import Logging
import SandboxPolicy

extension Logger {
    /// Says what a policy's author should know although the policy is served.
    func warn(of diagnostics: [PolicyDiagnostic]) {
        for diagnostic in diagnostics {
            warning("policy warning", metadata: ["diagnostic": "\(diagnostic)"])
        }
    }
}
