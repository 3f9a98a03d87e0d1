import ImageVocabulary
import NIOCore
import NIOPosix
import RequestSyntax
import WireProtocol

/// What became of one file.
struct FileOutcome: Sendable {
    enum Ending: Sendable {
        case done(path: String, format: ImageFormat, width: UInt32, height: UInt32, bytes: Int)
        /// Why, in words.
        case failed(String)
        /// No image, and nobody said that it is one.
        case skipped
    }

    let file: SourceFile
    /// Bytes of the source, where it was read.
    let bytes: Int
    let ending: Ending

    var isFailed: Bool {
        if case .failed = ending { true } else { false }
    }
}

/// Sends files through children, several at a time, each in one of its own.
struct FileRun: Sendable {
    let jobs: JobRunner
    let plan: Plan
    let folder: ResultFolder
    /// What was configured; the policies' may be lower.
    let limits: JobLimits
    /// For each file.
    let timeout: Duration
    /// Files at a time.
    let workers: Int
    /// Whether files are begun after one has failed.
    let keepsGoing: Bool

    /// Processes the files, begun in their order.
    ///
    /// - Parameter report: called for each file that was begun, as it ends.
    func process(_ files: [SourceFile], report: (FileOutcome) -> Void) async {
        await withTaskGroup(of: FileOutcome.self) { group in
            var rest = files[...]
            var isStopped = false
            func begin() {
                guard !isStopped, let file = rest.popFirst() else { return }
                group.addTask { await process(file) }
            }
            for _ in 0..<workers { begin() }
            for await outcome in group {
                if outcome.isFailed, !keepsGoing { isStopped = true }
                report(outcome)
                begin()
            }
        }
    }

    private func process(_ file: SourceFile) async -> FileOutcome {
        var bytes = 0
        do throws(CommandFailure) {
            let longest = Int(clamping: limits.inputBytes)
            let read = try await blocking { () throws(CommandFailure) in
                try file.read(atMost: longest)
            }
            guard let source = read else {
                return FileOutcome(file: file, bytes: 0, ending: .skipped)
            }
            bytes = source.bytes.readableBytes
            let image = try await run(source)
            let path = try await blocking { () throws(CommandFailure) in
                try folder.write(image, of: file)
            }
            return FileOutcome(file: file, bytes: bytes, ending: .done(path: path, image))
        } catch {
            return FileOutcome(file: file, bytes: bytes, ending: .failed(error.message))
        }
    }

    private func run(_ source: SourceBytes) async throws(CommandFailure) -> ResultImage {
        let id = RequestID().text
        guard let most = jobs.limits(for: source.format) else {
            throw .failed(Problem(.unsupported(source.format.name), reading: jobs.formats).detail)
        }
        let narrowed: JobLimits
        do throws(Problem) {
            narrowed = try limits.narrowed(to: most, for: source)
        } catch {
            throw .failed(error.detail)
        }
        do throws(JobFailure) {
            let job = Job(
                requestID: id, operation: .process, input: source, plans: [plan],
                limits: narrowed, deadline: .now + timeout)
            return try await jobs.run(job).images[0]
        } catch {
            throw .failed("\(Problem(error, limits: narrowed).detail) (request id \(id))")
        }
    }

    /// Files are read and written on threads that may wait.
    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(CommandFailure) -> Value
    ) async throws(CommandFailure) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work() }
        } catch {
            throw error as? CommandFailure ?? .failed("\(error)")
        }
    }
}
