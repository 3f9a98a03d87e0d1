import ArgumentParser
import Descriptors
import FoundationEssentials

/// `glovebox audit verify`
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Finds out whether the audit log is as it was written.",
        usage: "glovebox audit verify [--state <dir> | <file> ...] [--json]",
        discussion: """
            Reads every line, with the key of the log: the one that audit_log.key or its file \
            names, else audit.secret in the state directory. Run it as an account that may read \
            them. A service may be running.

            With files, the oldest first, it verifies copies, which have no head: that lines are \
            missing at the end is not found out then.

            Exit codes: 0 everything is as it was written; 1 something is not, and it is said in \
            which file and line.
            """)

    @Argument(help: ArgumentHelp("Files of a log, the oldest first.", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            State directory of the service (default: this account's, else /var/lib/glovebox). \
            [GLOVEBOX_STATE]
            """, valueName: "dir"))
    var state: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let access = try AuditAccess(state: try stateFolder())
        let found: AuditVerification
        do {
            if files.isEmpty {
                let (folder, key) = try access.open()
                found = try AuditVerification(folder, key)
            } else {
                let key = try access.key(makes: false)
                var opened: [(name: String, file: CrashFile)] = []
                for path in files {
                    let name = path.split(separator: "/").last.map(String.init) ?? path
                    let first = AuditFolder.first(ofFile: name) ?? 0
                    opened.append(
                        (path, try CrashFile(first, try Descriptor(opening: path, as: .file))))
                }
                found = try AuditVerification(opened, nil, key)
            }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw .failed("The audit log cannot be read (\(error)).")
        }
        if json {
            // Only numbers, texts and lists of them: there is nothing that cannot be encoded.
            try PolicyOutput.print(((try? OrderedJSON.value(of: found).text) ?? "") + "\n")
        } else {
            try PolicyOutput.print(found.text)
        }
        if !found.isWhole { throw CommandFailure(status: .failed, message: "") }
    }

    private func stateFolder() throws(CommandFailure) -> String {
        var options = AdminOptions()
        options.state = state
        let folders = CrashAccess.folders(options)
        let found = folders.first { AuditAccess.isThere($0) }
        guard let folder = found ?? folders.first else {
            throw .failed(
                "This account has no state directory. Name the service's with --state.")
        }
        return folder
    }
}

extension AuditVerification {
    /// For people.
    var text: String {
        var text = faults.map { fault in
            let line = fault.line.map { ", line \($0)" } ?? ""
            return "\(UntrustedText.printable(fault.file))\(line): \(fault.reason)\n"
        }.joined()
        if faultCount > faults.count { text += "... and \(faultCount - faults.count) more.\n" }
        text += "\(isWhole ? "Whole" : "Broken"): \(lines) line\(lines == 1 ? "" : "s")"
        if let from, let to, let since, let until {
            text +=
                ", number \(from) of \(UntrustedText.printable(since)) to number \(to) of "
                + UntrustedText.printable(until)
        }
        return text + (head.map { "; the head is at \($0).\n" } ?? "; without a head.\n")
    }
}
