import Logging

/// Turns each log event into a line of its ``LogOutput``.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let output: LogOutput
    /// A logger can be quieter than the process, never louder.
    private var least = Logger.Level.trace

    init(_ output: LogOutput) { self.output = output }

    var logLevel: Logger.Level {
        get { max(least, output.level) }
        set { least = newValue }
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
        output.write(
            time: Timestamp.now(), level: event.level, message: "\(event.message)",
            fields: fields)
    }
}
