import FoundationEssentials

/// The time of day as logs and records write it.
enum Timestamp {
    /// RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
    static func now() -> String { text(Date()) }

    /// The same for any time.
    static func text(_ date: Date) -> String {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
    }

    /// Reads RFC 3339, with or without fractions of a second; nil for anything else.
    static func date(_ text: String) -> Date? {
        let styles = [true, false].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        return styles.lazy.compactMap { try? $0.parse(text) }.first
    }
}
