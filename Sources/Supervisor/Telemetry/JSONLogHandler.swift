import Logging

/// Writes each log event as one line of JSON: `time`, `level`, `message`, then the event's metadata
/// by name, in alphabetical order.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// Takes one finished line, its line feed included. Called from any thread.
    private let write: @Sendable (String) -> Void

    /// - Parameter write: where lines go.
    init(level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
        logLevel = level
        self.write = write
    }

    /// A logger that writes to standard error, one write(2) a line.
    static func standardError(level: Logger.Level) -> Logger {
        Logger(label: "glovebox") { _ in
            JSONLogHandler(level: level) { line in StandardStreams.writeError(line) }
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() {
            fields.merge(provided) { _, new in new }
        }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        write(
            Self.line(
                time: Timestamp.now(), level: event.level, message: "\(event.message)",
                fields: fields))
    }

    /// The line for one event.
    static func line(
        time: String, level: Logger.Level, message: String, fields: Logger.Metadata
    ) -> String {
        var members: [(String, JSONValue)] = [
            ("time", .string(time)), ("level", .string(level.rawValue)),
            ("message", .string(message)),
        ]
        let reserved = members.map(\.0)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            // Two members of one name would be read differently by different readers.
            members.append((reserved.contains(name) ? "field_\(name)" : name, json(value)))
        }
        return JSONValue.object(members).text + "\n"
    }

    /// Numbers and booleans stay what they are; everything else is text.
    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .array(let values): .array(values.map(json))
        case .dictionary(let members):
            .object(members.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
        case .stringConvertible(let value):
            switch value {
            case let flag as Bool: .bool(flag)
            case let number as Double: .decimal(number)
            case let number as any FixedWidthInteger:
                if let signed = Int64(exactly: number) {
                    .integer(signed)
                } else {
                    .unsigned(UInt64(clamping: number))
                }
            default: .string(value.description)
            }
        }
    }
}
