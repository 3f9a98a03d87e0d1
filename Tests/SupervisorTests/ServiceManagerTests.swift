import Descriptors
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import Testing

@testable import Supervisor

/// What stands in for systemd: a datagram socket, as sd_notify(3) describes it.
private final class NotifySocket: Sendable {
    let name: String
    private let socket: Descriptor

    /// - Parameter name: a path, or `@` and a name in the abstract name space.
    init(_ name: String) throws {
        self.name = name
        socket = try Self.bound(to: name)
    }

    private static func bound(to name: String) throws(SystemError) -> Descriptor {
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard number >= 0 else { throw SystemError("socket", errno) }
        let socket = Descriptor(taking: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        // The name is shorter than the field, and the structure lives for the length of the calls.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length)
            }
        }
        guard result == 0 else { throw SystemError("bind", errno) }
        return socket
    }

    /// The next message; waits for it.
    func next() throws -> String {
        String(decoding: try socket.read(atMost: 4_096), as: UTF8.self)
    }

    /// The messages that have come.
    func all() throws -> [String] {
        try socket.setNonBlocking()
        var all: [String] = []
        while let message = try? next() { all.append(message) }
        return all
    }

    func manager(_ more: [String: String] = [:], process: Int32 = 1) -> ServiceManager? {
        let variables = more.merging(["NOTIFY_SOCKET": name]) { one, _ in one }
        return ServiceManager(logger: .quiet, process: process) { variables[$0] }
    }
}

extension Logger {
    fileprivate static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

@Suite("Telling the service manager")
struct ServiceManagerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sockets() throws -> [NotifySocket] {
        [
            try NotifySocket(folder.path + "/notify"),
            try NotifySocket("@glovebox-test-\(UInt64.random(in: 0 ... .max))"),
        ]
    }

    @Test("start, reload and stop are told by path and by abstract name")
    func messages() throws {
        for socket in try sockets() {
            let manager = try #require(socket.manager())
            manager.ready(status: "two policies\nEXTEND=1")
            #expect(try socket.next() == "READY=1\nSTATUS=two policies EXTEND=1\n")
            let before = SuspendingClock.now
            manager.reloading()
            let reload = try socket.next().split(separator: "\n")
            #expect(reload.count == 2 && reload.first == "RELOADING=1")
            let named = try #require(
                reload.last?.split(separator: "=").last.flatMap { Int64($0) })
            // The kernel's own account of the monotonic clock stands between two readings of it.
            #expect(reload.last?.hasPrefix("MONOTONIC_USEC=") == true)
            #expect(named <= Self.monotonic() && before <= .now)
            manager.stopping()
            #expect(try socket.next().hasPrefix("STOPPING=1\n"))
        }
    }

    private static func monotonic() -> Int64 {
        var now = timespec()
        // The structure is written within the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }

    @Test("nobody is told where nobody asked, and a manager that is gone is no failure")
    func nobody() throws {
        #expect(ServiceManager(logger: .quiet) { _ in nil } == nil)
        for name in ["", "relative", "vsock:2:1234"] {
            #expect(ServiceManager(logger: .quiet) { $0 == "NOTIFY_SOCKET" ? name : nil } == nil)
        }
        let gone = folder.path + "/gone"
        let manager = ServiceManager(logger: .quiet) { $0 == "NOTIFY_SOCKET" ? gone : nil }
        try #require(manager).ready(status: "")
        let long = "/" + String(repeating: "x", count: 200)
        let other = ServiceManager(logger: .quiet) { $0 == "NOTIFY_SOCKET" ? long : nil }
        try #require(other).ready(status: "")
    }

    @Test("the watchdog is meant for this process, or for nobody by name")
    func watchdog() throws {
        let socket = try #require(try sockets().first)
        func watchdog(_ variables: [String: String]) -> Duration? {
            socket.manager(variables, process: 42)?.watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"]) == nil)
        for text in ["0", "-1", "x", ""] { #expect(watchdog(["WATCHDOG_USEC": text]) == nil) }
    }

    @Test("the watchdog hears of a service as long as that is alive, twice in its time")
    func keepAlive() async throws {
        let socket = try #require(try sockets().last)
        let manager = try #require(socket.manager(["WATCHDOG_USEC": "10000000"]))
        let clock = SteppedClock(steps: 6)
        let answers = Mutex([true, true, false, false, true, false])
        await manager.keepAlive(clock: clock) { answers.withLock { $0.removeFirst() } }
        #expect(try socket.all() == ["WATCHDOG=1\n", "WATCHDOG=1\n", "WATCHDOG=1\n"])
        #expect(clock.slept == Array(repeating: .seconds(5), count: 6))
    }

    @Test("without a watchdog nothing is asked")
    func noWatchdog() async throws {
        let socket = try #require(try sockets().last)
        await socket.manager()?.keepAlive {
            Issue.record("asked")
            return true
        }
        #expect(try socket.all().isEmpty)
    }
}

/// A clock whose sleeps end at once; the last of them as if the task had been cancelled.
private final class SteppedClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant

    private let sleeps = Mutex<[Duration]>([])
    private let steps: Int
    private let start = ContinuousClock.now

    init(steps: Int) { self.steps = steps }

    var slept: [Duration] { sleeps.withLock { $0 } }
    var now: Instant { start }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let count = sleeps.withLock {
            $0.append(deadline - start)
            return $0.count
        }
        if count == steps { throw CancellationError() }
    }
}
