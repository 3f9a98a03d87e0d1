import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import WireProtocol

/// Whether the service works, found out by sending an image through it.
actor HealthCheck {
    /// What `/health` says.
    enum Health: String, Sendable {
        case ok
        case unavailable
    }

    /// One white pixel as a PNG (third edition, section 11): the least that a child can decode.
    static let canary: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
        0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
        0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55,
        0x00, 0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xF8, 0x0F, 0x00,
        0x01, 0x01, 0x01, 0x00, 0x1C, 0xB0, 0x8C, 0x99,
        0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    private let jobs: JobRunner
    private let limits: JobLimits
    private let jobTime: Duration
    /// An answer is good for this long, so that asking often costs no children.
    private let freshness: Duration
    private var last: (health: Health, at: ContinuousClock.Instant)?
    private var running: Task<Health, Never>?

    init(
        jobs: JobRunner, limits: JobLimits, jobTime: Duration,
        freshness: Duration = .seconds(2)
    ) {
        self.jobs = jobs
        self.limits = limits
        self.jobTime = jobTime
        self.freshness = freshness
    }

    /// The answer to one of the health routes.
    func answer(_ route: Route) async -> Response {
        let health = route == .live ? .ok : await current()
        let body = JSONValue.object([("status", .string(health.rawValue))]).text + "\n"
        return Response(
            status: health == .unavailable ? .serviceUnavailable : .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// The health now, or as it was a moment ago. Many askers share one canary.
    func current() async -> Health {
        if let last, ContinuousClock.now - last.at < freshness { return last.health }
        if let running { return await running.value }
        let task = Task { await probe() }
        running = task
        let health = await task.value
        last = (health, .now)
        running = nil
        return health
    }

    private func probe() async -> Health {
        let bytes = ByteBuffer(bytes: Self.canary)
        let job = Job(
            requestID: "canary", operation: .process,
            input: SourceBytes(
                bytes: bytes, sha256: InputDigest.hex(of: bytes), format: .png, announced: nil),
            plan: Plan(), limits: limits, deadline: .now + jobTime)
        do throws(JobFailure) {
            let result = try await jobs.run(job)
            guard result.width == 1, result.height == 1 else { return .unavailable }
        } catch {
            return .unavailable
        }
        return .ok
    }
}
