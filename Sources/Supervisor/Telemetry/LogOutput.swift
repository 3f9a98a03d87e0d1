import Logging
import Synchronization

/// How log lines look.
enum LogFormat: String, CaseIterable, Sendable {
    /// `text` on a terminal, else `json`.
    case auto
    case json
    case text
}

/// Where the process logs, how much and in what form. Both can be changed while it runs: every
/// logger made from it follows at once.
final class LogOutput: Sendable {
    private struct State {
        var level: Logger.Level
        var format: LogFormat
    }

    private let state: Mutex<State>
    private let isTerminal: Bool
    private let allowsColour: Bool
    /// Takes one finished line, its line feed included. Called from any thread.
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - isTerminal: whether lines go to a terminal.
    ///   - allowsColour: whether there they may be coloured.
    init(
        level: Logger.Level, format: LogFormat, isTerminal: Bool, allowsColour: Bool,
        write: @escaping @Sendable (String) -> Void
    ) {
        state = Mutex(State(level: level, format: format))
        self.isTerminal = isTerminal
        self.allowsColour = allowsColour
        self.write = write
    }

    /// Standard error, one write(2) a line. Colours follow https://no-color.org.
    static func standardError(level: Logger.Level, format: LogFormat = .auto) -> LogOutput {
        let noColour = ProcessEnvironment.value("NO_COLOR") ?? ""
        return LogOutput(
            level: level, format: format, isTerminal: StandardStreams.errorIsTerminal,
            allowsColour: noColour.isEmpty && ProcessEnvironment.value("TERM") != "dumb",
            write: { line in StandardStreams.writeError(line) })
    }

    /// The least severe level that is written.
    var level: Logger.Level {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }

    var format: LogFormat {
        get { state.withLock { $0.format } }
        set { state.withLock { $0.format = newValue } }
    }

    /// Changes the level and says what it was.
    func change(to level: Logger.Level) -> Logger.Level {
        state.withLock { state in
            defer { state.level = level }
            return state.level
        }
    }

    /// A logger that writes here.
    var logger: Logger { Logger(label: "glovebox") { _ in LineLogHandler(self) } }

    /// Writes one event as one line.
    func write(
        time: String, level: Logger.Level, message: String, fields: Logger.Metadata
    ) {
        let isText =
            switch format {
            case .json: false
            case .text: true
            case .auto: isTerminal
            }
        write(
            isText
                ? TextLogLine.make(
                    time: time, level: level, message: message, fields: fields,
                    coloured: isTerminal && allowsColour)
                : JSONLogLine.make(time: time, level: level, message: message, fields: fields))
    }
}
