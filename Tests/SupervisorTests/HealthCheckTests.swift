import HTTPTypes
import HummingbirdCore
import ImageVocabulary
import NIOCore
import RequestSyntax
import SandboxPolicy
import Synchronization
import Testing

@testable import Supervisor

/// A sandbox in a state of the test's choice: what each policy answers to its canary.
final class SandboxInState: SandboxView {
    enum Answer: Sendable {
        case image
        case otherImage
        case failure(JobFailure)
    }

    let state: Mutex<RunnerStatus>
    let answers: [String: Answer]
    let checks = Mutex<[String]>([])

    init(_ pools: [(String, PoolStatus.State, Answer)], running: Int = 0) {
        state = Mutex(
            RunnerStatus(
                running: running, workers: 2, waiting: 0, queue: 8,
                pools: pools.map { name, state, _ in
                    PoolStatus(
                        identity: PolicyIdentity(name: name, sha256: "", programSHA256: ""),
                        formats: [.jpeg, .png], state: state,
                        posture: nil, libvips: "8", libmagic: 5, generations: [], children: [])
                }))
        answers = Dictionary(uniqueKeysWithValues: pools.map { ($0.0, $0.2) })
    }

    func status() async -> RunnerStatus { state.withLock { $0 } }
    func limits(for format: ImageFormat) -> JobLimits? { JobLimits() }
    func rotate(policy: String?) async -> [String] {
        answers.keys.filter { policy == nil || $0 == policy }.sorted()
    }

    func check(policy: String, _ canary: Job) async throws(JobFailure) -> JobResult {
        checks.withLock { $0.append(policy) }
        let side: UInt32
        switch answers[policy] {
        case .image: side = 1
        case .otherImage: side = 2
        case .failure(let failure): throw failure
        case nil: throw .unavailable
        }
        return JobResult(
            facts: ImageFacts(
                format: canary.input.format, width: side, height: side, frames: 1, bands: 1,
                bitsPerChannel: 8, hasAlpha: false, orientation: 1, hasProfile: false),
            images: [
                ResultImage(
                    bytes: canary.input.bytes, format: canary.input.format, width: side,
                    height: side)
            ])
    }
}

@Suite("Health")
struct HealthCheckTests {
    private func health(
        _ pools: [(String, PoolStatus.State, SandboxInState.Answer)], running: Int = 0,
        posture: NamedPosture = .strict
    ) async -> HealthCheck.Health {
        await HealthCheck(
            sandbox: SandboxInState(pools, running: running), posture: posture,
            jobTime: { .seconds(10) }
        ).current()
    }

    @Test("ok is every policy serving, each shown by an image of its own")
    func ok() async {
        let sandbox = SandboxInState([("a", .serving, .image), ("b", .serving, .image)])
        let check = HealthCheck(sandbox: sandbox, posture: .strict, jobTime: { .seconds(10) })
        #expect(await check.current() == .ok)
        #expect(sandbox.checks.withLock { $0.sorted() } == ["a", "b"])
    }

    @Test("one policy that is not served, or shows no image, is degraded")
    func degraded() async {
        #expect(
            await health([("a", .serving, .image), ("b", .failed("x"), .image)]) == .degraded)
        #expect(await health([("a", .serving, .image), ("b", .starting, .image)]) == .degraded)
        #expect(
            await health([("a", .serving, .image), ("b", .serving, .failure(.childLost))])
                == .degraded)
        #expect(
            await health([("a", .serving, .image), ("b", .serving, .otherImage)]) == .degraded)
    }

    @Test("a posture weaker than strict is degraded")
    func weakPosture() async {
        #expect(await health([("a", .serving, .image)], posture: .container) == .degraded)
    }

    @Test("no policy that serves is unavailable")
    func unavailable() async {
        #expect(await health([]) == .unavailable)
        #expect(await health([("a", .failed("x"), .image)]) == .unavailable)
        #expect(await health([("a", .serving, .failure(.unavailable))]) == .unavailable)
        #expect(await health([("a", .serving, .failure(.deadline))]) == .unavailable)
        #expect(await health([("a", .serving, .otherImage)]) == .unavailable)
    }

    @Test("a service that is only busy is healthy")
    func busy() async {
        #expect(await health([("a", .serving, .failure(.unavailable))], running: 2) == .ok)
        #expect(await health([("a", .serving, .failure(.deadline))], running: 2) == .ok)
        #expect(
            await health([("a", .serving, .failure(.childLost))], running: 2) == .unavailable)
    }

    @Test("an answer is good for two seconds, so that asking often costs no children")
    func fresh() async {
        let clock = MovedClock()
        let sandbox = SandboxInState([("a", .serving, .image)])
        let check = HealthCheck(
            sandbox: sandbox, posture: .strict, jobTime: { .seconds(10) }, now: { clock.now })
        for _ in 0..<10 { #expect(await check.current() == .ok) }
        #expect(sandbox.checks.withLock { $0.count } == 1)
        sandbox.state.withLock { $0.pools[0].state = .failed("died") }
        clock.advance(by: .milliseconds(1_999))
        #expect(await check.current() == .ok)
        clock.advance(by: .milliseconds(1))
        #expect(await check.current() == .unavailable)
    }

    @Test("many who ask at once share one canary")
    func shared() async {
        let sandbox = SandboxInState([("a", .serving, .image)])
        let check = HealthCheck(sandbox: sandbox, posture: .strict, jobTime: { .seconds(10) })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = await check.current() } }
        }
        #expect(sandbox.checks.withLock { $0.count } == 1)
    }

    @Test("the public answer says the state and the posture's name, and no more")
    func answers() async {
        let broken = SandboxInState([("secret", .failed("secret reason"), .image)])
        let check = HealthCheck(sandbox: broken, posture: .container, jobTime: { .seconds(10) })
        #expect(await check.answer(.live).status == .ok)
        #expect(await check.answer(.ready).status == .serviceUnavailable)
        #expect(await check.answer(.health).status == .serviceUnavailable)
        let half = SandboxInState([("a", .serving, .image), ("b", .starting, .image)])
        let other = HealthCheck(sandbox: half, posture: .strict, jobTime: { .seconds(10) })
        for (check, route, text) in [
            (check, Route.health, "{\"status\":\"unavailable\",\"posture\":\"container\"}\n"),
            (check, .live, "{\"status\":\"ok\"}\n"),
            (other, .ready, "{\"status\":\"degraded\"}\n"),
            (other, .health, "{\"status\":\"degraded\",\"posture\":\"strict\"}\n"),
        ] {
            let response = await check.answer(route)
            #expect(await bodyText(response) == text)
            #expect(response.headers[.cacheControl] == "no-store")
        }
        #expect(await other.answer(.ready).status == .ok)
        #expect(await other.answer(.health).status == .ok)
    }

    @Test(
        "there is a canary of every format, of the size its own header has", arguments: Canary.all)
    func canaries(_ canary: Canary) throws {
        #expect(ImageSignature.sniff(canary.bytes.span) == canary.format)
        // A drawing has no size in pixels.
        if ![.svg, .pdf].contains(canary.format) {
            let header = try header(of: canary.bytes)
            #expect(header.format == canary.format)
            #expect(header.width == canary.width && header.height == canary.height)
        }
        #expect(Canary.first(of: [canary.format])?.format == canary.format)
    }

    @Test("every format has its canary, which passes limits that are below its size")
    func everyFormat() throws {
        #expect(Set(Canary.all.map(\.format)) == Set(ImageFormat.allCases))
        #expect(Canary.all.count == ImageFormat.allCases.count)
        let least = JobLimits(
            inputBytes: 1, width: 1, height: 1, pixels: 1, frames: 1, outputBytes: 1)
        let canary = try #require(Canary.of(.avif))
        let limits = canary.job(limits: least, deadline: .now).limits
        #expect(limits.inputBytes == UInt64(canary.bytes.count) && limits.outputBytes > 1_000)
        #expect(limits.width == 16 && limits.height == 16 && limits.pixels == 256)
    }

    private func header(of bytes: [UInt8]) throws -> EncodedImageHeader {
        try EncodedImageHeader(reading: bytes.span)
    }
}
