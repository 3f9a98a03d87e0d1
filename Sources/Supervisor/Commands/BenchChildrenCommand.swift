import ArgumentParser
import Descriptors
import ImageVocabulary
import NIOCore
import RequestSyntax
import Synchronization
import WireProtocol

/// `glovebox bench-children`, for Benchmarks/run: jobs for the pool without HTTP around them.
///
/// It reads lines `SECONDS CONCURRENCY OPTIONS PATH:PATH…` from standard input and answers each with
/// a line of JSON, so that the pool stays warm between measurements as it does in a service.
struct BenchChildrenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-children", abstract: "Runs jobs without HTTP, for Benchmarks/run.",
        shouldDisplay: false)

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let input: Descriptor
        do throws(SystemError) {
            input = try InputFile.standardInput()
        } catch {
            throw .failed("Standard input cannot be read (\(error)).")
        }
        let sandbox = OneShot(
            configuration: try sandbox.configuration(), workers: max(2, System.coreCount))
        let prepared = try sandbox.prepare()
        let limits = prepared.limits
        let jobs: JobRunner
        try sandbox.giveUpRoot()
        switch await sandbox.start(prepared) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let ended: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            // Waiting here holds up nobody: no job runs between two lines.
            while let line = Self.nextLine(input) {
                let order = try Order(line)
                let answer = try await order.carryOut(jobs, limits)
                guard StandardStreams.writeOutput(Array((answer.text + "\n").utf8)) else { break }
            }
            ended = .success(())
        } catch {
            ended = .failure(error)
        }
        await jobs.stop()
        try ended.get()
    }

    /// nil at the end of the input. Not readLine(), which tries again for ever when the input ends
    /// while errno still says EINTR.
    private static func nextLine(_ input: borrowing Descriptor) -> String? {
        var line: [UInt8] = []
        while let byte = (try? input.read(atMost: 1))?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}

/// One measurement: so many jobs at a time, for so long, over the images in turn.
///
/// More than one image, so that a runner that makes equal jobs once has none to make.
private struct Order {
    let time: Duration
    let concurrency: Int
    let options: [String]
    let paths: [String]

    init(_ line: String) throws(CommandFailure) {
        let parts = line.split(separator: " ", maxSplits: 3)
        guard parts.count == 4, let seconds = Double(parts[0]), (0...600).contains(seconds),
            let concurrency = Int(parts[1]), (1...256).contains(concurrency),
            parts[3].contains(where: { $0 != ":" })
        else {
            throw .usage("bench-children reads lines: SECONDS CONCURRENCY OPTION/OPTION PATH:PATH")
        }
        time = .seconds(seconds)
        self.concurrency = concurrency
        options = parts[2].split(separator: "/").map(String.init)
        paths = parts[3].split(separator: ":").map(String.init)
    }

    /// Each of the runners asks for the next job as soon as its last one is done.
    func carryOut(_ jobs: JobRunner, _ limits: JobLimits) async throws(CommandFailure) -> JSONValue
    {
        var images: [Job] = []
        for path in paths { images.append(try job(path, limits)) }
        let line = WaitingLine(images)
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + time
        let runners = await withTaskGroup(of: Runner.self) { group in
            for _ in 0..<concurrency {
                group.addTask { await Runner.run(line, jobs, until: end) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let elapsed = (clock.now - start) / .milliseconds(1)
        let times = runners.flatMap(\.times).sorted()
        let size = runners.lazy.compactMap(\.size).first
        func percentile(_ part: Int) -> JSONValue {
            times.isEmpty ? .null : .decimal(times[times.count * part / 100])
        }
        return .object([
            ("images", .integer(Int64(times.count))),
            ("failed", .integer(runners.reduce(0) { $0 + Int64($1.failed) })),
            ("seconds", .decimal(elapsed / 1_000)),
            ("p50_ms", percentile(50)), ("p95_ms", percentile(95)), ("p99_ms", percentile(99)),
            ("width", .unsigned(UInt64(size?.width ?? 0))),
            ("height", .unsigned(UInt64(size?.height ?? 0))),
        ])
    }

    private func job(
        _ path: String, _ limits: JobLimits
    ) throws(CommandFailure) -> Job {
        let bytes = try InputFile.read(path, atMost: Int(clamping: limits.inputBytes))
        do {
            return Job(
                requestID: RequestID().text, operation: .process,
                input: try SourceBytes(
                    bytes, sha256: InputDigest.hex(of: bytes), announced: .nothing),
                plans: [try OptionParser.options(options).plan],
                limits: limits, deadline: .now)
        } catch {
            throw .failed("\(path) cannot be measured (\(error)).")
        }
    }
}

/// The jobs that the runners take in turn.
private final class WaitingLine: Sendable {
    private let jobs: [Job]
    private let taken = Atomic(0)

    init(_ jobs: [Job]) { self.jobs = jobs }

    func next() -> Job {
        jobs[taken.wrappingAdd(1, ordering: .relaxed).oldValue % jobs.count]
    }
}

/// What one of several runners saw.
private struct Runner: Sendable {
    /// Milliseconds of each job.
    var times: [Double] = []
    var failed = 0
    var size: (width: UInt32, height: UInt32)?

    static func run(
        _ line: WaitingLine, _ jobs: JobRunner, until end: ContinuousClock.Instant
    ) async -> Runner {
        var runner = Runner()
        var start = ContinuousClock.now
        while start < end {
            var job = line.next()
            job.deadline = start + .seconds(10)
            do throws(JobFailure) {
                let result = try await jobs.run(job)
                runner.size = result.images.first.map { ($0.width, $0.height) } ?? (0, 0)
            } catch {
                runner.failed += 1
            }
            let now = ContinuousClock.now
            runner.times.append((now - start) / .milliseconds(1))
            start = now
        }
        return runner
    }
}
