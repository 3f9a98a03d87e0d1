import CLinux
import Descriptors
import Glibc
import Logging

/// Tells the service manager what the service is doing: the protocol of sd_notify(3), for units of
/// `Type=notify` and `Type=notify-reload`.
///
/// The variables stay in the environment: whoever is started from here gets one that is composed.
/// Callable from any thread; a message may take a second where the manager does not read.
struct ServiceManager: Sendable {
    /// The name of the manager's socket; one that begins with 0 is abstract (unix(7)).
    private let socket: [CChar]
    /// How often it wants to hear that the service is alive; nil when it does not.
    let watchdog: Duration?
    private let logger: Logger

    /// - Returns: nil when no service manager asked to be told.
    init?(
        logger: Logger, process: Int32 = getpid(),
        _ environment: (String) -> String? = ProcessEnvironment.value
    ) {
        guard let name = environment("NOTIFY_SOCKET"), !name.isEmpty else { return nil }
        var socket = name.utf8.map { CChar(bitPattern: $0) }
        switch name.utf8.first {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): socket[0] = 0
        default:
            logger.warning(
                "NOTIFY_SOCKET is no socket that can be told anything",
                metadata: ["value": "\(UntrustedText.printable(Array(name.utf8)))"])
            return nil
        }
        self.socket = socket
        self.logger = logger
        watchdog = Self.watchdog(process, environment)
    }

    /// sd_watchdog_enabled(3): in microseconds, and for one process if that is named.
    private static func watchdog(
        _ process: Int32, _ environment: (String) -> String?
    ) -> Duration? {
        guard let microseconds = environment("WATCHDOG_USEC").flatMap({ Int64($0) }),
            microseconds > 0
        else { return nil }
        if let meant = environment("WATCHDOG_PID"), meant != String(process) { return nil }
        return .microseconds(microseconds)
    }

    /// The start, or a reload, is complete.
    ///
    /// - Parameter status: one line that `systemctl status` shows.
    func ready(status: String) { tell("READY=1\nSTATUS=\(Self.line(status))\n") }

    /// What `systemctl status` shows from now on.
    func status(_ text: String) { tell("STATUS=\(Self.line(text))\n") }

    /// A reload begins; ``ready(status:)`` ends it, whatever came of it.
    func reloading() {
        var now = timespec()
        // clock_gettime writes into the structure alone.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
        tell("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\n")
    }

    /// The end begins: requests are drained.
    func stopping() { tell("STOPPING=1\nSTATUS=Draining requests\n") }

    /// Says that the service is alive, twice as often as the manager wants to hear it, as long as
    /// it is; until the task is cancelled. Returns at once without a watchdog.
    ///
    /// Keep it up while requests are drained: the manager ends a silent service then as well.
    ///
    /// - Parameter isAlive: finds out. An answer that is no, or that does not come, is silence.
    func keepAlive(
        clock: some Clock<Duration> = .suspending, while isAlive: @Sendable () async -> Bool
    ) async {
        guard let watchdog else { return }
        while !Task.isCancelled {
            if await isAlive() { tell("WATCHDOG=1\n") }
            do { try await clock.sleep(for: watchdog / 2) } catch { return }
        }
    }

    private func tell(_ message: String) {
        let bytes = Array(message.utf8)
        do throws(SystemError) {
            // Both arrays live for the length of the call.
            let result = unsafe clinux_send_to(socket, socket.count, bytes, bytes.count)
            try SystemError.check("sendto", result)
        } catch {
            logger.warning(
                "the service manager cannot be told", metadata: ["reason": "\(error)"])
        }
    }

    /// A line feed would begin another assignment.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
