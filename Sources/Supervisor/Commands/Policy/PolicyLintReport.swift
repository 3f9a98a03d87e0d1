import FoundationEssentials
import SandboxPolicy

/// What the linter says about some files, each thing once, by file and place.
struct PolicyLintReport: Sendable {
    let diagnostics: [PolicyDiagnostic]
    let fileCount: Int

    init(diagnostics: [PolicyDiagnostic], fileCount: Int) {
        self.diagnostics = diagnostics
        self.fileCount = fileCount
    }

    /// Reads and lints files, and the policies in folders. Blocks on the file system.
    init(files: [String]) {
        var found: [PolicyDiagnostic] = []
        var count = 0
        for path in files {
            let (paths, problem) = Self.policies(at: path)
            found += problem.map { [$0] } ?? []
            count += paths.count
            for path in paths {
                // A base is told about once, however many policies stand on it.
                found += Self.lint(path).filter { !found.contains($0) }
            }
        }
        self.init(diagnostics: found.sortedByPlace(), fileCount: count)
    }

    private static func lint(_ path: String) -> [PolicyDiagnostic] {
        do throws(PolicyError) {
            return PolicyLinter.lint(try PolicyReader.document(path: path))
        } catch {
            return error.diagnostics
        }
    }

    /// The policies of a folder, by name, or the one file.
    private static func policies(at path: String) -> ([String], PolicyDiagnostic?) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return ([path], nil)
        }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let policies = names.filter(PolicyReader.isPolicyFile)
        guard policies.isEmpty else { return (policies.sorted().map { folder + $0 }, nil) }
        let problem = PolicyDiagnostic(
            .error, .unreadable, file: path, at: .start, what: "there is no policy in this folder",
            hint: "name a folder with *.yaml or *.json files")
        return ([], problem)
    }

    func count(_ severity: PolicyDiagnostic.Severity) -> Int {
        diagnostics.count { $0.severity == severity }
    }

    /// Whether the command that asked for it is to fail.
    func fails(strict: Bool) -> Bool {
        count(.error) > 0 || strict && count(.warning) > 0
    }

    /// "raster.yaml: …" lines, each as editors and people find its place.
    func text(coloured: Bool) -> String {
        diagnostics.map { diagnostic in
            let severity =
                coloured
                ? "\(diagnostic.severity.colour)\(diagnostic.severity.rawValue)\u{1B}[0m"
                : diagnostic.severity.rawValue
            return "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column): \(severity): "
                + "\(diagnostic.what); \(diagnostic.hint) [\(diagnostic.check.rawValue)]\n"
        }.joined()
    }

    /// "2 files: 1 error, no warnings".
    var summary: String {
        func number(_ count: Int, _ word: String) -> String {
            "\(count == 0 ? "no" : "\(count)") \(word)\(count == 1 ? "" : "s")"
        }
        let parts =
            [number(count(.error), "error"), number(count(.warning), "warning")]
            + (count(.note) == 0 ? [] : [number(count(.note), "note")])
        return "\(number(fileCount, "file")): \(parts.joined(separator: ", "))"
    }

    /// Documented in the command's help.
    var json: JSONValue {
        .object([
            ("files", .unsigned(UInt64(fileCount))),
            ("errors", .unsigned(UInt64(count(.error)))),
            ("warnings", .unsigned(UInt64(count(.warning)))),
            ("notes", .unsigned(UInt64(count(.note)))),
            (
                "diagnostics",
                .array(
                    diagnostics.map { diagnostic in
                        .object([
                            ("file", .string(diagnostic.file)),
                            ("line", .unsigned(UInt64(diagnostic.line))),
                            ("column", .unsigned(UInt64(diagnostic.column))),
                            ("severity", .string(diagnostic.severity.rawValue)),
                            ("check", .string(diagnostic.check.rawValue)),
                            ("what", .string(diagnostic.what)),
                            ("hint", .string(diagnostic.hint)),
                        ])
                    })
            ),
        ])
    }
}

extension PolicyDiagnostic.Severity {
    /// The sequence that a terminal begins the colour with (ECMA-48, SGR).
    fileprivate var colour: String {
        switch self {
        case .error: "\u{1B}[31m"
        case .warning: "\u{1B}[33m"
        case .note: "\u{1B}[36m"
        }
    }
}
