import SandboxPolicy
import Yams

/// The text of a policy file as a tree of nodes.
enum PolicyText {
    static func root(of bytes: [UInt8], file: String) throws(PolicyError) -> Node {
        let problem: StrictYAML.Problem
        do throws(StrictYAML.Problem) {
            if let root = try StrictYAML.document(of: bytes) { return root }
            problem = StrictYAML.Problem(
                .start, "the file holds no policy", "start from policies/raster.yaml")
        } catch {
            problem = error
        }
        let diagnostic = PolicyDiagnostic(
            .error, .unreadable, file: file, at: problem.position, what: problem.what,
            hint: problem.hint)
        throw PolicyError(diagnostics: [diagnostic])
    }
}
