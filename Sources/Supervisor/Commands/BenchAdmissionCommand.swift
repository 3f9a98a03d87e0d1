import ArgumentParser
import Crypto
import FoundationEssentials
import Glibc
import HTTPTypes
import ImageVocabulary
import Logging
import NIOCore
import NIOPosix
import RequestSyntax

/// `glovebox bench-admission`, for Benchmarks: what authentication and limits cost a request, and what
/// the choice of the next job costs, without HTTP and without children. One line of JSON for each.
struct BenchAdmissionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-admission",
        abstract: "Measures authentication and limits without HTTP, for Benchmarks.",
        shouldDisplay: false)

    @Option(help: "Requests of each measurement.")
    var requests = 20_000

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        // A client has a channel, which nobody uses here.
        let channel: any Channel
        do {
            channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
        } catch {
            throw .failed("A socket cannot be had (\(error)).")
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "glovebox-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let audit = try Self.audit(in: folder)
        let desk = Desk(channel: channel, audit: audit)
        let count = max(100, requests)
        let results = [
            desk.measure("a key with all limits", count) { Desk.Visitor(key: $0 % Desk.keys) },
            desk.measure("an address with all limits", count) { _ in Desk.Visitor(address: 1) },
            desk.measure("a new address each time, tables full", count + 70_000) {
                Desk.Visitor(address: $0)
            },
            desk.measure("no key where one is needed", count) {
                Desk.Visitor(address: $0 % 1_000, isStranger: true)
            },
            Self.turns("next of 10,000 jobs of one party", count, parties: 1),
            Self.turns("next of 10,000 jobs of 10,000 parties", count, parties: 10_000),
            Self.turns("next of 10,000 jobs, none of which has a child", 20, parties: 1) { _ in
                false
            },
        ]
        for result in results {
            guard StandardStreams.writeOutput(Array((result.text + "\n").utf8)) else { break }
        }
        await audit.stop()
        try? await channel.close().get()
    }

    /// What a refused request is recorded in.
    private static func audit(in folder: String) throws(CommandFailure) -> AuditLog {
        do {
            let (files, key) = try StateDirectory(path: folder, account: nil).audit(nil)
            let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
            return try AuditLog(files, key, AuditWriter.Limits(), logger: logger)
        } catch {
            throw .failed("An audit log cannot be had (\(error)).")
        }
    }

    /// What it costs to put a job into a queue of 10,000 and to take one out.
    private static func turns(
        _ name: String, _ count: Int, parties: Int, where canServe: (Int) -> Bool = { _ in true }
    ) -> JSONValue {
        var slots = JobSlots<Int, ContinuousClock>(most: 8, queue: 10_001)
        func wait(_ number: Int) {
            let party = Caller.Party.key("\(number % parties)")
            guard let place = slots.reserve(again: false, for: party) else { return }
            _ = slots.wait(place.number, number, .small, for: party, again: false, at: .now)
        }
        for number in 0..<10_000 { wait(number) }
        var times = Times()
        for number in 0..<count {
            times.measure {
                guard slots.next(at: .now, where: canServe) != nil else { return }
                wait(number)
            }
        }
        return times.json(name)
    }
}

/// The time of each of many calls.
private struct Times {
    private var all: [Duration] = []

    mutating func measure(_ work: () -> Void) {
        let start = ContinuousClock.now
        work()
        all.append(.now - start)
    }

    func json(_ name: String) -> JSONValue {
        let sorted = all.sorted()
        func microseconds(_ time: Duration) -> JSONValue {
            .decimal((time / .nanoseconds(10)).rounded() / 100)
        }
        return .object([
            ("what", .string(name)), ("count", .integer(Int64(sorted.count))),
            ("mean_us", microseconds(sorted.reduce(.zero, +) / max(1, sorted.count))),
            ("p50_us", microseconds(sorted[sorted.count / 2])),
            ("p99_us", microseconds(sorted[sorted.count * 99 / 100])),
        ])
    }
}

/// What a request passes between its head and its options.
private struct Desk {
    static let keys = 1_000

    struct Visitor {
        var key: Int?
        var address = 0
        var isStranger = false
    }

    private let channel: any Channel
    private let texts: [APIKeyText]
    private let door: FrontDoor
    private let limits: RequestLimits
    private let settings: LiveSettings
    /// The same with --dev.
    private let open: LiveSettings

    init(channel: any Channel, audit: any AuditTrail) {
        self.channel = channel
        let pepper = SymmetricKey(size: .bits256)
        let ring = KeyRing(pepper: pepper)
        var generator = SystemRandomNumberGenerator()
        let texts = (0..<Self.keys).map { _ in APIKeyText(.live, using: &generator) }
        self.texts = texts
        let limit = KeyLimits(
            rate: Rate(Rate.most, per: .hour), concurrent: 1_000, dailyBytes: Int(Int64.max))
        ring.replace(
            stored: texts.enumerated().map { number, text in
                KeyRing.Entry(
                    key: APIKey(
                        id: "k\(number)", name: "bench", scopes: [.process], limits: limit,
                        created: 0),
                    code: KeyCode(of: text, keyedWith: pepper))
            })
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        door = FrontDoor(keys: ring, audit: audit, notice: ProxyNotice(logger: logger))
        limits = RequestLimits(CountersInMemory(clock: ContinuousClock()), logger: logger)
        var values = LiveSettings.Values(
            limits: JobLimits(), jobTime: .seconds(10), http: HTTPLimits())
        values.clients = ClientSettings(rate: limit.rate, concurrent: limit.concurrent)
        open = LiveSettings(values)
        values.isDevelopment = false
        settings = LiveSettings(values)
    }

    /// - Parameter visitor: who comes as the number so and so.
    func measure(_ name: String, _ count: Int, _ visitor: (Int) -> Visitor) -> JSONValue {
        var times = Times()
        for number in 0..<count {
            let visitor = visitor(number)
            let (client, head) = request(visitor)
            let settings = visitor.key == nil && !visitor.isStranger ? open : settings
            times.measure { visit(head, client, settings) }
        }
        return times.json(name)
    }

    private func request(_ visitor: Visitor) -> (Client, HTTPRequest) {
        var head = HTTPRequest(
            method: .post, scheme: nil, authority: "localhost", path: "/v1/process?w=300")
        if let key = visitor.key { head.headerFields[.authorization] = "Bearer \(texts[key].text)" }
        let (high, low) = visitor.address.quotientAndRemainder(dividingBy: 65_536)
        let address = "10.\(high % 256).\(low / 256).\(low % 256)"
        let client = Client(
            requestID: RequestID(), trace: TraceContext(traceparent: nil),
            connection: ClientConnection(address: try? SocketAddress(ipAddress: address, port: 1)),
            request: ArrivedRequest(), channel: channel)
        return (client, head)
    }

    private func visit(_ head: HTTPRequest, _ client: Client, _ live: LiveSettings) {
        let settings = live.current
        do throws(Problem) {
            let caller = try door.pass(
                head, .process, nil, client, settings, now: RequestPath.now)
            let visit = try limits.enter(caller, .process, client, settings)
            visit.charge(1_000)
        } catch {
            _ = limits.judge(error, head.headerFields, client, settings)
        }
    }
}
