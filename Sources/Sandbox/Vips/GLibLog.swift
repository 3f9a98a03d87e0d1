import CVips
import Glibc

/// Sends everything GLib and libvips log to descriptor 2 by a plain `write`.
///
/// GLib's own writer asks whether the descriptor is the journal (`getpeername`), whether it is a
/// terminal (`ioctl`) and where the user's character set lies; a confined child may do none of it,
/// and would die for a warning. What libvips says about its own work (levels message, info and
/// debug) is dropped.
enum GLibLog {
    /// Call once, before anything logs. GLib refuses a second writer.
    static func install() {
        // Both functions capture nothing and live as long as the program.
        unsafe g_log_set_default_handler(
            { _, level, message, _ in
                guard GLibLog.matters(level), let message = unsafe message else { return }
                unsafe GLibLog.write(message, Int(strlen(message)))
            }, nil)
        unsafe g_log_set_writer_func(
            { level, fields, count, _ in
                guard GLibLog.matters(level) else { return G_LOG_WRITER_HANDLED }
                for index in 0..<Int(count) {
                    guard let field = unsafe fields?[index], let key = unsafe field.key,
                        unsafe strcmp(key, "MESSAGE") == 0, let value = unsafe field.value
                    else { continue }
                    // A length of −1 marks a NUL-terminated string (GLogField).
                    let text = unsafe value.assumingMemoryBound(to: CChar.self)
                    unsafe GLibLog.write(text, field.length < 0 ? Int(strlen(text)) : field.length)
                }
                return G_LOG_WRITER_HANDLED
            }, nil, nil)
    }

    private static func matters(_ level: GLogLevelFlags) -> Bool {
        let kept = [G_LOG_LEVEL_ERROR, G_LOG_LEVEL_CRITICAL, G_LOG_LEVEL_WARNING]
        return kept.contains { level.rawValue & $0.rawValue != 0 }
    }

    private static func write(_ text: UnsafePointer<CChar>, _ count: Int) {
        // A lost log line is no reason to fail, so the results are not looked at.
        _ = unsafe Glibc.write(2, text, count)
        _ = unsafe Glibc.write(2, "\n", 1)
    }
}
