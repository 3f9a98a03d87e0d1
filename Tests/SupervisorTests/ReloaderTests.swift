import Logging
import Synchronization
import Testing

@testable import Supervisor

@Suite("Reloading")
struct ReloaderTests {
    @Test("one at a time; who asks meanwhile shares the next one, which begins afterwards")
    func oneAtATime() async {
        let (begun, begins) = AsyncStream.makeStream(of: Int.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        let count = Mutex((running: 0, most: 0, total: 0))
        let reloader = Reloader(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
            _ in
            let number = count.withLock { count in
                count.running += 1
                count.most = max(count.most, count.running)
                count.total += 1
                return count.total
            }
            begins.yield(number)
            if number == 1 { for await _ in gate.stream { break } }
            count.withLock { $0.running -= 1 }
            return .applied(changed: ["\(number)"])
        }
        var starts = begun.makeAsyncIterator()
        let first = Task { await reloader.reload() }
        #expect(await starts.next() == 1)
        let others = (0..<5).map { _ in Task { await reloader.reload() } }
        gate.continuation.yield()
        #expect(await first.value == .applied(changed: ["1"]))
        for other in others {
            // None is told of the first, which may have read the files before they were changed.
            #expect(await other.value != .applied(changed: ["1"]))
        }
        #expect(count.withLock { $0.most } == 1)
        #expect((2...6).contains(count.withLock { $0.total }))
    }

    @Test("what came of it is in the log, the reasons included")
    func logged() async throws {
        let lines = Mutex<[String]>([])
        let log = LogOutput(level: .info, format: .json, isTerminal: false, allowsColour: false) {
            line in lines.withLock { $0.append(line) }
        }
        let outcome = ReloadOutcome.refused(["glovebox.yaml: timeout: soon is no number."])
        let reloader = Reloader(logger: log.logger) { _ in outcome }
        #expect(await reloader.reload() == outcome)
        let line = try #require(lines.withLock { $0.first })
        #expect(line.contains("\"level\":\"error\"") && line.contains("timeout: soon"))
    }
}
