import ArgumentParser
import Glibc
import SandboxPolicy

/// `glovebox policy lint FILE…`
struct PolicyLintCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, sarif
    }

    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Says what is wrong with policy files, and what to write instead.",
        discussion: """
            Reads files, and of a folder all *.yaml and *.json. Any profile can be looked at: \
            Glovebox's own policies, and those of Docker, Podman and Kubernetes. Nothing is \
            started. docs/policy-checks.md has what each check is about.

            Exits with 1 when there is an error, with --strict also when there is a warning. A \
            file with an error is not served.

            text is one line each:
              file:line:column: severity: what is wrong; what to do [check]
            and a summary on standard error.

            --format json prints one object:
              files        how many files were read
              errors       how many errors there are
              warnings     how many warnings
              notes        how many notes
              diagnostics  a list, by file and place, with one object for each:
                file      the path as it was given
                line      from 1
                column    from 1, in characters
                severity  error, warning or note
                check     its name in docs/policy-checks.md
                what      what is wrong
                hint      what to do

            --format sarif prints SARIF 2.1.0, for code scanning.
            """)

    @Argument(help: "Policy files, or folders of them.")
    var files: [String]

    @Option(help: "text, json or sarif.")
    var format = Format.text

    @Flag(help: "Exit with 1 on warnings too.")
    var strict = false

    func run() throws {
        let report = PolicyLintReport(files: files)
        let output =
            switch format {
            case .text: report.text(coloured: Self.usesColour)
            case .json: report.json.text + "\n"
            case .sarif: report.sarif(in: Self.currentFolder).text + "\n"
            }
        guard StandardStreams.writeOutput(Array(output.utf8)) else {
            throw CommandFailure.failed("Standard output cannot be written to.")
        }
        if format == .text { StandardStreams.writeError(report.summary + "\n") }
        if report.fails(strict: strict) { throw CommandFailure.failed("") }
    }

    /// Colours follow https://no-color.org.
    private static var usesColour: Bool {
        StandardStreams.outputIsTerminal
            && (ProcessEnvironment.value("NO_COLOR") ?? "").isEmpty
            && ProcessEnvironment.value("TERM") != "dumb"
    }

    /// Nil where it was removed.
    private static var currentFolder: String? {
        // The string is malloc'ed for the caller, who frees it.
        guard let path = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
