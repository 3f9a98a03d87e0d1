import ImageVocabulary
import SandboxPolicy
import Yams

/// Reads policy files: YAML (and so JSON) in the OCI runtime specification's vocabulary, with what
/// is ours under `x-glovebox`.
///
/// Strict: whatever cannot be honoured is an error with its place in the file, and all of them are
/// reported at once. Calls may block on the file system; none keeps anything.
enum PolicyReader {
    /// Reads one file, at most ``PolicyText/largestFile`` bytes.
    ///
    /// - Throws: ``PolicyError`` with everything that is wrong, also when the file cannot be read.
    static func read(path: String) throws(PolicyError) -> PolicyFile {
        try parse(try bytes(path: path), path: path)
    }

    /// The bytes of one file, for a reader who also wants their hash.
    static func bytes(path: String) throws(PolicyError) -> [UInt8] {
        do throws(SmallFile.Failure) {
            return try SmallFile.read(path, limit: StrictYAML.largestFile).bytes
        } catch {
            let problem = PolicyDiagnostic(
                file: path, at: .start, what: "the file cannot be read: \(error.reason)",
                hint: "name a regular file that the service's account may read")
            throw PolicyError(diagnostics: [problem])
        }
    }

    /// Reads a file that need not be fit to be served.
    ///
    /// - Throws: ``PolicyError`` where nothing could be read that a tool could work on.
    static func document(path: String) throws(PolicyError) -> PolicyDocument {
        let policy = try read(path: path)
        return PolicyDocument(
            name: policy.name, path: path,
            profile: SeccompProfile(
                defaultAction: policy.seccomp.defaultAction, defaultPosition: .start,
                architectures: policy.seccomp.architectures,
                rules: policy.seccomp.rules.map { SeccompProfile.Rule(rule: $0) }),
            glovebox: GloveboxSection(
                formats: policy.formats, requiredLayers: policy.requiredLayers,
                limits: policy.limits),
            resourceLimits: policy.resourceLimits, diagnostics: policy.warnings)
    }

    /// Reads the text of the file at `path`, which the policy is called after.
    static func parse(_ bytes: [UInt8], path: String) throws(PolicyError) -> PolicyFile {
        let fileName = path.split(separator: "/").last.map(String.init) ?? path
        let stem = fileName.lastIndex(of: ".").map { String(fileName[..<$0]) } ?? fileName
        return try parse(bytes, name: stem, path: path)
    }

    /// Reads the text of a policy.
    ///
    /// - Parameters:
    ///   - name: What the policy is called: up to 32 lower-case letters, digits and hyphens.
    ///   - path: Where the text comes from, for diagnostics.
    /// - Throws: ``PolicyError`` with everything that is wrong.
    static func parse(
        _ bytes: [UInt8], name: String, path: String? = nil
    ) throws(PolicyError) -> PolicyFile {
        let file = path ?? "\(name).yaml"
        let root = try PolicyText.root(of: bytes, file: file)
        var values = StrictValues(file: file)
        let policy = read(root, name: name, values: &values)
        let diagnostics = values.diagnostics.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map(\.element)
        guard var policy, diagnostics.allSatisfy({ $0.severity == .warning }) else {
            throw PolicyError(diagnostics: diagnostics)
        }
        policy.warnings = diagnostics
        return policy
    }

    private static func read(
        _ root: Node, name: String, values: inout StrictValues
    ) -> PolicyFile? {
        let nameIsLabel = name.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
        }
        if !nameIsLabel || !(1...32).contains(name.utf8.count) {
            values.error(
                at: .start, "a policy cannot be called '\(name)'",
                "name the file with up to 32 lower-case letters, digits and hyphens")
        }
        let top = values.fields(
            of: root, named: "the policy", keys: ["linux", "process", "x-glovebox"])
        let seccomp = LinuxSection.read(top["linux"], root: root, values: &values)
        let resourceLimits = ProcessSection.read(top["process"], values: &values)
        let own = GloveboxSection.read(top["x-glovebox"], root: root, values: &values)
        guard let seccomp, let own else { return nil }
        return PolicyFile(
            name: name, path: values.file, formats: own.formats, seccomp: seccomp,
            resourceLimits: resourceLimits, limits: own.limits, requiredLayers: own.requiredLayers)
    }
}
