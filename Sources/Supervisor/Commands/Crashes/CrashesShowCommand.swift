import ArgumentParser
import FoundationEssentials

/// `glovebox crashes show`
struct CrashesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one crash: what happened, who says so, and what to do next.",
        usage: "glovebox crashes show [<id> | --request <id>] [--json] [<options>]",
        discussion: """
            Of an id its first digits are enough. With --request the newest crash of that request \
            is shown, with neither the newest of all. Functions are named where the file with the \
            frame's build id, or its debug file, is on this machine. --json prints the record as it \
            is in the log.

            \(AdminOptions.discussion)
            """)

    @Argument(help: "The id of a crash, or its first digits.")
    var id: String?

    @Option(help: ArgumentHelp("The id of a request, or of its trace.", valueName: "id"))
    var request: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let access = try CrashAccess(service)
        let record = try await access.record(id, request: request)
        if json { return try PolicyOutput.print(CrashEntry.record(record).line + "\n") }
        let page = CrashPage(
            record.named(by: access.symbols),
            isQuarantined: access.isQuarantined(record.input?.sha256),
            width: min(PolicyOutput.width ?? WrappedText.columns, 100))
        try PolicyOutput.print(page.text)
    }
}

extension CrashAccess {
    /// One record: by the first digits of its id, by its request, or the newest.
    func record(
        _ id: String?, request: String? = nil
    ) async throws(CommandFailure) -> CrashRecord {
        guard id == nil || request == nil else {
            throw .usage("Give either an id or --request.")
        }
        var options = [(name: "limit", value: id == nil ? "1" : "9"), ("records", "true")]
        if let id {
            guard CrashID.isPrefix(id) else {
                throw .usage(
                    "\(ConfigurationProblem.quoted(id)) is no id of a crash. Write up to 20 "
                        + "hexadecimal digits, as 'glovebox crashes list' shows them.")
            }
            options.append(("id", id))
        }
        if let request { options.append(("request", request)) }
        let records = try await newest(CrashOptions(options)).found.compactMap { line in
            if case .record(let record)? = CrashEntry(line: line) { record } else { nil }
        }
        if let id, records.count > 1, let whole = records.first(where: { $0.id == id }) {
            return whole
        }
        guard id == nil || records.count <= 1 else {
            let some = records.prefix(8).map { CrashTable.safe($0.id) }
            throw .failed(
                "\(id ?? "") begins more than one id: \(some.joined(separator: ", "))"
                    + "\(records.count > 8 ? " and others" : ""). Write more digits.")
        }
        guard let record = records.last else {
            if let id {
                throw .failed(
                    "No crash has an id that begins with \(id). 'glovebox crashes list' shows "
                        + "them; old ones are removed after crashes.keep.")
            }
            if let request {
                throw .failed(
                    "No crash of the request \(ConfigurationProblem.quoted(request)) is recorded. "
                        + "An image that is refused kills no child and leaves a line in the log "
                        + "only.")
            }
            throw .failed("No crash is recorded.")
        }
        return record
    }

    /// The programs stand beside this one, and so does the libvips that is fetched with them.
    var symbols: StackSymbols {
        let programs = "/proc/self/exe"
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: programs)) ?? ""
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        return StackSymbols(folders: [folder, "\(folder)/vips"])
    }

    /// Whether the input can be replayed without its file; nil where that is not known here.
    func isQuarantined(_ sha256: String?) -> Bool? {
        guard let state, let sha256, let folder = try? QuarantineFolder(inState: state) else {
            return nil
        }
        return folder.entries().contains { $0.sha256 == sha256 }
    }
}

extension CrashID {
    /// Whether a text can begin an id.
    static func isPrefix(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count)
            && text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }
}
