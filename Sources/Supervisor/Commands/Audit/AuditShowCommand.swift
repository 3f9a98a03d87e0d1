import ArgumentParser
import FoundationEssentials
import Glibc

/// `glovebox audit show`
struct AuditShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows who did what to the service, the newest last.",
        usage: "glovebox audit show [<filters>] [-n <n>] [--follow] [--json] [<options>]",
        discussion: """
            Of hashes the first 12 digits are shown, of a policy those of its text, its base and its \
            program. --json prints the lines as they are in the log. They are not verified: 'glovebox audit \
            verify' does that. Without --admin the log in the state directory is read; where it \
            cannot be, the running service is asked.

            \(AdminOptions.discussion)
            """)

    @Option(help: ArgumentHelp("Since then: 15m, 1h, 2d, or RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Until then, written as --since.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Only this action, such as key.created, or all that begin so: key.", valueName: "name"))
    var action: String?

    @Option(
        help: ArgumentHelp(
            "Only by this actor, such as operator or key:ID, or all of a kind: key.",
            valueName: "name"))
    var actor: String?

    @Option(
        name: [.customShort("n"), .customLong("limit")],
        help: ArgumentHelp("At most so many, the newest ones.", valueName: "n"))
    var limit = 50

    @Flag(help: "Wait for further lines and show them too.")
    var follow = false

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        guard (1...CrashFilter.largestLimit).contains(limit) else {
            throw .usage("-n cannot be used. Write a number from 1 to \(CrashFilter.largestLimit).")
        }
        let source = try AuditSource(service)
        let options = [
            ("since", since), ("until", until), ("action", action), ("actor", actor),
        ].compactMap { name, value in value.map { (name: name, value: $0) } }
        try show(try await source.newest(options, limit), isFirst: true)
        guard follow else { return }
        var last = try await source.newest([], 1).last.flatMap { AuditLine($0[...]) }?.number ?? 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let new = try await source.page(options + [("after", "\(last)")]).lines
            try show(new, isFirst: false)
            last = new.last.flatMap { AuditLine($0[...]) }?.number ?? last
        }
    }

    private func show(_ lines: [[UInt8]], isFirst: Bool) throws(CommandFailure) {
        if json {
            for line in lines { try CrashTable.print(line) }
            return
        }
        guard !lines.isEmpty else {
            if isFirst, !follow {
                try PolicyOutput.print("Nothing is in the audit log for this.\n")
            }
            return
        }
        var table = TextTable("NUMBER", "TIME", "ACTION", "ACTOR", "SUBJECT", "DETAILS")
        for line in lines.compactMap({ AuditLine($0[...]) }) {
            table.add(
                "\(line.number)", CrashTable.time(line.time), CrashTable.safe(line.action),
                CrashTable.safe(line.actor), CrashTable.safe(line.subject ?? "-"),
                CrashTable.safe(line.details))
        }
        try PolicyOutput.print(table.text(width: PolicyOutput.width))
    }
}

/// Where a command finds lines of the audit log: in a state directory, or at the running service.
private enum AuditSource {
    case folder(AuditFolder)
    case service(AdminClient)

    init(_ options: AdminOptions) throws(CommandFailure) {
        for state in options.admin == nil ? CrashAccess.folders(options) : [] {
            if let folder = try? AuditFolder(inState: state), (try? folder.files()) != nil {
                self = .folder(folder)
                return
            }
        }
        self = .service(try AdminClient(options))
    }

    /// Lines of the largest size that there are in a page.
    private static let largestPage = 16 << 20

    func page(
        _ options: [(name: String, value: String)]
    ) async throws(CommandFailure) -> AuditReading {
        let filter: AuditFilter
        do throws(CrashFilter.Failure) {
            filter = try AuditFilter(options)
        } catch {
            throw .usage("--\(error.option) cannot be used. \(error.reason)")
        }
        switch self {
        case .folder(let folder):
            do {
                return try AuditReading(folder, filter)
            } catch {
                throw .failed("The audit log in \(folder.path) cannot be read (\(error)).")
            }
        case .service(let client):
            let path = "/cmd/audit" + CrashAccess.query(options)
            let answer = try await client.get(path, largest: Self.largestPage)
            guard let reading = AuditReading(answer: answer) else { throw client.unreadable }
            return reading
        }
    }

    /// The newest lines that match, the oldest first, page by page.
    func newest(
        _ options: [(name: String, value: String)], _ limit: Int
    ) async throws(CommandFailure) -> [[UInt8]] {
        var all: [[UInt8]] = []
        var place: [(name: String, value: String)] = []
        while all.count < limit {
            let most = min(limit - all.count, AuditFilter.largestLimit)
            let page = try await page(options + place + [("limit", "\(most)")])
            all = page.lines + all
            guard page.isCut, let first = page.lines.first.flatMap({ AuditLine($0[...]) }) else {
                break
            }
            place = [("before", "\(first.number)")]
        }
        return all
    }
}
