import SandboxPolicy

@testable import Supervisor

/// A policy's text and what reading it says.
enum ReadPolicy {
    /// A whole policy, into which each test puts its rules from line 6 on, at column 7.
    static func text(
        rules: String = "- { names: [read], action: SCMP_ACT_ALLOW }",
        own: String = "formats: [jpeg]", rest: String = ""
    ) -> String {
        """
        x-glovebox: { \(own) }
        linux:
          seccomp:
            defaultAction: SCMP_ACT_NOTIFY
            syscalls:
              \(rules)
        \(rest)
        """
    }

    static func document(
        _ text: String, path: String = "test.yaml"
    ) throws(PolicyError) -> PolicyDocument {
        try PolicyReader.document(Array(text.utf8), path: path)
    }

    /// All that reading finds, whether or not a document came of it.
    static func diagnostics(of text: String, path: String = "test.yaml") -> [PolicyDiagnostic] {
        do {
            return try document(text, path: path).diagnostics
        } catch {
            return error.diagnostics
        }
    }

    /// The same as lines.
    static func said(of text: String) -> [String] { diagnostics(of: text).map(\.description) }

    /// The line and the column in a diagnostic.
    static func place(in diagnostic: String) -> String {
        diagnostic.split(separator: ":").dropFirst().prefix(2).joined(separator: ":")
    }

    /// A file of the repository.
    static func repositoryFile(_ path: String) -> String {
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/" + path
    }
}
