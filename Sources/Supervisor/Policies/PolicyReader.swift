import ImageVocabulary
import SandboxPolicy
import Yams

/// Reads policy files: YAML (and so JSON) in the OCI runtime specification's vocabulary, with what
/// is ours under `x-glovebox`, and the seccomp profiles of container runtimes.
///
/// Strict: whatever cannot be honoured is an error with its place in the file, and all of them are
/// reported at once. Calls may block on the file system; none keeps anything.
enum PolicyReader {
    /// Whether a file of this name in the folder of policies is one.
    static func isPolicyFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".json"))
            && !name.hasSuffix(".schema.json")
    }

    /// Reads a file that is to be served, and its base.
    ///
    /// - Throws: ``PolicyError`` with everything that is wrong, also when the file cannot be read.
    static func read(path: String) throws(PolicyError) -> PolicyFile {
        try document(path: path).servable()
    }

    /// Reads a file that need not be fit to be served: any profile of OCI runtimes, Docker, Podman or
    /// Kubernetes as well.
    ///
    /// - Throws: ``PolicyError`` where nothing could be read that a tool could work on.
    static func document(path: String) throws(PolicyError) -> PolicyDocument {
        try document(try bytes(path: path), path: path)
    }

    /// The bytes of one file, for a reader who also wants their hash.
    static func bytes(path: String) throws(PolicyError) -> [UInt8] {
        do throws(SmallFile.Failure) {
            return try SmallFile.read(path, limit: StrictYAML.largestFile).bytes
        } catch {
            let problem = PolicyDiagnostic(
                .error, .unreadable, file: path, at: .start,
                what: "the file cannot be read: \(error.reason)",
                hint: "name a regular file that this account may read")
            throw PolicyError(diagnostics: [problem])
        }
    }

    /// Reads the text of the file at `path`, which the policy is called after.
    static func document(_ bytes: [UInt8], path: String) throws(PolicyError) -> PolicyDocument {
        let fileName = path.split(separator: "/").last.map(String.init) ?? path
        let stem = fileName.lastIndex(of: ".").map { String(fileName[..<$0]) } ?? fileName
        var values = StrictValues(file: path)
        let parts = PolicyParts.read(
            try PolicyText.root(of: bytes, file: path), values: &values)
        var draft = PolicyDraft(parts, path: path, values)
        if let base = parts.glovebox?.base { draft.complete(by: base) }
        return try draft.document(name: stem)
    }
}

extension StrictValues {
    /// What was found, in the order of the file.
    var inOrder: [PolicyDiagnostic] {
        diagnostics.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map(\.element)
    }
}
