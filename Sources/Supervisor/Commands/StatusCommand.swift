import ArgumentParser
import FoundationEssentials
import Glibc
import NIOPosix
import UnixSignals

/// `glovebox status [--watch] [--json]`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what a running service is doing, on one screen.",
        usage: "glovebox status [--watch] [--json] [<options>]",
        discussion: """
            --json prints the answer of GET /cmd/status as it came: one object with version, pid, \
            started, uptime_seconds, posture, health (ok, degraded or unavailable), listeners, \
            jobs, counters, last_change (null before the first) and policies, each with its state \
            (starting, serving or failed), layers_missing, generations and children.

            \(AdminOptions.discussion)
            """)

    @Flag(help: "Show it again and again, with rates. Ends on q or Ctrl-C.")
    var watch = false

    @Option(help: ArgumentHelp("Seconds between two looks (default: 2).", valueName: "s"))
    var interval: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    private var usesColour: Bool {
        StandardStreams.outputIsTerminal && (ProcessEnvironment.value("NO_COLOR") ?? "").isEmpty
    }

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let interval = try seconds()
        if !watch {
            let (text, _) = try await look(after: nil)
            return try Self.print(text)
        }
        if StandardStreams.outputIsTerminal && !json {
            await watchOnScreen(every: interval)
        } else {
            try await watchInBlocks(every: interval)
        }
    }

    /// One look at the service: what to show of it, and the report for the next one's rates.
    private func look(
        after earlier: StatusReport?
    ) async throws(CommandFailure) -> (text: String, report: StatusReport?) {
        let client = try AdminClient(service)
        let bytes = try await client.get("/cmd/status")
        if json {
            let text = String(decoding: bytes, as: UTF8.self)
            return (text.hasSuffix("\n") ? text : text + "\n", nil)
        }
        guard let report = try? JSONDecoder().decode(StatusReport.self, from: Data(bytes)) else {
            throw .failed(
                "\(client.url) says something that glovebox \(Version.current) cannot read. Use the "
                    + "service's own version, or --json.")
        }
        let screen = StatusScreen(report, after: earlier, usesColour: usesColour)
        return (screen.text, report)
    }

    /// For a pipe or a file: one block after the other, until nobody reads any more.
    private func watchInBlocks(every interval: Duration) async throws(CommandFailure) {
        var earlier: StatusReport?
        while true {
            let (text, report) = try await look(after: earlier)
            earlier = report
            guard StandardStreams.writeOutput(Array((json ? text : text + "\n").utf8)) else {
                return
            }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private enum Event {
        case show(String)
        case end
    }

    private func watchOnScreen(every interval: Duration) async {
        let (events, occur) = AsyncStream.makeStream(of: Event.self)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let waiting = Task { for await _ in signals { occur.yield(.end) } }
        let looking = Task {
            var earlier: StatusReport?
            while !Task.isCancelled {
                occur.yield(.show(await lookAgain(after: &earlier)))
                try? await Task.sleep(for: interval)
            }
        }
        defer {
            waiting.cancel()
            looking.cancel()
        }
        let screen = TerminalScreen()
        NIOThreadPool.singleton.submit { _ in
            // The thread waits in read until the process ends, or the terminal goes away.
            var key: UInt8 = 0
            // read writes one byte into the variable within the call.
            while unsafe read(STDIN_FILENO, &key, 1) == 1 {
                if TerminalScreen.isEnd(key) { occur.yield(.end) }
            }
        }
        for await event in events {
            guard case .show(let text) = event, screen.show(text) else { return }
        }
    }

    /// A service that is gone may come back, so a failure is shown, and it is tried again.
    private func lookAgain(after earlier: inout StatusReport?) async -> String {
        do throws(CommandFailure) {
            let (text, report) = try await look(after: earlier)
            earlier = report
            return text
        } catch {
            return "\(error.message)\n\nTrying again; q ends.\n"
        }
    }

    private func seconds() throws(CommandFailure) -> Duration {
        guard let interval else { return .seconds(2) }
        do throws(ValueError) {
            return try ValueShape.time(.milliseconds(100)...(.seconds(3_600))).parse(interval)
        } catch {
            throw .usage(
                "--interval is \"\(interval)\", which cannot be used. Write a time such as 2 or 500ms."
            )
        }
    }

    private static func print(_ text: String) throws(CommandFailure) {
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
