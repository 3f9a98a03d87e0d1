import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
import ServiceLifecycle
import Synchronization
import WireProtocol

@testable import Supervisor

/// A listener on a real socket, with the service's own source of uploads and no sandbox behind it.
struct ListenerRun: Sendable {
    let port: Int
    let lines: Lines
    let metrics: EndedRequests
    let answerer: Rehearsal
    private let group: ServiceGroup

    /// Serves for the time of `body`, stops, and waits until the listener has ended.
    static func with(
        _ limits: HTTPLimits = HTTPLimits(), largest: Int = 1_000,
        _ body: @escaping @Sendable (ListenerRun) async throws -> Void
    ) async throws {
        let lines = Lines()
        let metrics = EndedRequests()
        let answerer = Rehearsal(largest: largest)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let listener = HTTPListener(
            .public, answerer, at: ListenAddress("127.0.0.1:0") ?? .standard,
            limits: { limits }, metrics: metrics, logger: lines.logger,
            onBound: { continuation.yield($0) })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [listener],
                logger: Logger(label: "", factory: SwiftLogNoOpLogHandler.init)))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return }
            defer { answerer.goOn() }
            try await body(
                ListenerRun(
                    port: port, lines: lines, metrics: metrics, answerer: answerer, group: group))
            answerer.goOn()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Stops the service as SIGTERM does.
    func stop() async { await group.triggerGracefulShutdown() }

    func connect() async throws -> TestClient { try await TestClient(port: port) }

    /// Sends text on a connection of its own; everything that comes back until the end.
    func exchange(_ text: String) async throws -> String {
        let client = try await connect()
        // The other side may have hung up already.
        try? await client.send(text)
        return await client.readToEnd()
    }
}

/// What answers: `POST /upload` with the body's size, `GET /wait` when the test says so, and the
/// rest at once.
final class Rehearsal: RequestAnswerer {
    private let largest: Int
    private let budget = MemoryBudget(bytes: 1 << 20)
    private let waiting = Mutex<(isOpen: Bool, tasks: [CheckedContinuation<Void, Never>])>(
        (false, []))
    let waits: AsyncStream<Void>
    private let hasBegun: AsyncStream<Void>.Continuation

    init(largest: Int) {
        self.largest = largest
        (waits, hasBegun) = AsyncStream.makeStream(of: Void.self)
    }

    /// Lets every request to `/wait` be answered, now and later.
    func goOn() {
        let tasks = waiting.withLock { waiting in
            defer { waiting = (true, []) }
            return waiting.tasks
        }
        for task in tasks { task.resume() }
    }

    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response {
        client.note(route: "rehearsal")
        switch request.head.path?.prefix(while: { $0 != "?" }) {
        case "/upload":
            let upload = UploadSource(request: request, client: client.connection, budget: budget) {
                client.wantBody()
            }
            let source = try await upload.image(largest: largest).source
            return text("\(source.bytes.readableBytes)")
        case "/wait":
            await withCheckedContinuation { continuation in
                let isOpen = waiting.withLock { waiting in
                    if !waiting.isOpen { waiting.tasks.append(continuation) }
                    return waiting.isOpen
                }
                if isOpen { continuation.resume() }
                hasBegun.yield()
            }
            return text("waited")
        case "/absent": throw .notFound
        default: return text(request.head.path ?? "")
        }
    }

    private func text(_ text: String) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// A TCP client that says exactly what a test wants.
struct TestClient: Sendable {
    private let channel: any Channel
    private let received: Received

    /// Collects what arrives.
    private final class Received: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let parts: AsyncStream<[UInt8]>.Continuation
        let stream: AsyncStream<[UInt8]>

        init() { (stream, parts) = AsyncStream.makeStream() }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parts.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { parts.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    init(port: Int) async throws {
        let received = Received()
        self.received = received
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(received) }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Everything from now on until the other side closes.
    func readToEnd() async -> String {
        var bytes: [UInt8] = []
        for await part in received.stream { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What arrives until `text` has; the rest of what came with it too.
    func read(until text: String) async -> String {
        var bytes: [UInt8] = []
        for await part in received.stream {
            bytes += part
            if String(decoding: bytes, as: UTF8.self).contains(text) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func close() { channel.close(promise: nil) }
}

/// Log lines as the service writes them.
final class Lines: Sendable {
    private let written = Mutex<[String]>([])

    var logger: Logger {
        LogOutput(level: .info, format: .json, isTerminal: false, allowsColour: false) { line in
            self.written.withLock { $0.append(line) }
        }.logger
    }

    var all: [String] { written.withLock { $0 } }

    /// What is told of requests, as far as tests look at it.
    struct RequestLine: Decodable {
        var requestID: String
        var traceID: String
        var spanID: String
        var client: String
        var method: String
        var path: String
        var route: String
        var status: Int
        var problem: String?
        var bytesIn: Int

        enum CodingKeys: String, CodingKey {
            case client, method, path, route, status, problem
            case requestID = "request_id"
            case traceID = "trace_id"
            case spanID = "span_id"
            case bytesIn = "bytes_in"
        }
    }

    var requests: [RequestLine] {
        all.filter { $0.contains("\"message\":\"request\"") }.compactMap {
            try? JSONDecoder().decode(RequestLine.self, from: Data($0.utf8))
        }
    }
}

/// The requests that were counted.
final class EndedRequests: ServiceMetrics {
    private let ended = Mutex<[EndedRequest]>([])

    var all: [EndedRequest] { ended.withLock { $0 } }

    func requestEnded(_ request: EndedRequest) { ended.withLock { $0.append(request) } }
    func childEnded(policy: String, ending: ChildEnding?, hadJob: Bool, exit: ChildExit?) {}
    func callsRecorded(policy: String, count: Int) {}
    func crashRecorded(_ outcome: RecordStore.Outcome, count: Int) {}
    func jobEnded(policy: String, outcome: String, waited: Duration, worked: Duration) {}
    func jobRestarted(policy: String) {}
    func jobCoalesced(policy: String) {}
    func generationStarted(policy: String, reason: GenerationReason) {}
    func rotationHeldBack(policy: String) {}
    func zygoteReady(policy: String, after: Duration) {}
    func reloadEnded(_ outcome: ReloadOutcome) {}
    func poisonRefused() {}
    func requestSlowed() {}
    func inputQuarantined(_ outcome: Quarantine.Outcome) {}
}

extension ImageSource {
    /// The image, of a source that was asked without conditions.
    func image(largest: Int) async throws(Problem) -> CollectedSource {
        guard case .image(let image, _) = try await collect(largest: largest) else {
            throw .notFound
        }
        return image
    }
}
