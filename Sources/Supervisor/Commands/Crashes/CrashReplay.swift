import Descriptors
import ImageVocabulary
import NIOCore
import RequestSyntax
import WireProtocol

/// One crash that is to be seen again: its input, options and policy in a sandbox of its own.
struct CrashReplay {
    /// More than any policy allows for an input.
    static let largestInput = 1 << 30

    /// Of the input.
    let sha256: String
    private let record: CrashRecord
    private let format: ImageFormat
    private let operation: JobMessage.Operation
    private let plans: [Plan]
    private let wishes: InfoWishes
    private let policyFile: String
    private let configuration: ServiceConfiguration

    /// - Parameter policy: the file; nil for the one of the record's name in the folder of policies.
    init(
        _ record: CrashRecord, configuration: ServiceConfiguration, policy: String?
    ) throws(CommandFailure) {
        guard let input = record.input, InputHash.isHash(input.sha256),
            let format = ImageFormat.allCases.first(where: { $0.name == input.sniffed })
        else {
            throw .failed("The child of this record had no input: there is nothing to replay.")
        }
        self.record = record
        self.configuration = configuration
        self.format = format
        sha256 = input.sha256
        operation = input.operation == "info" ? .info : .process
        do throws(OptionError) {
            wishes = try operation == .info ? InfoOption.wishes(query: input.plan ?? "") : []
            let written = operation == .info ? nil : input.plan
            let queries = written.map {
                $0.split(separator: " ", omittingEmptySubsequences: false)
            }
            plans = try (queries ?? []).map { query throws(OptionError) in
                var plan = try OptionParser.options(query: query).plan
                // Of a job's inputs the image alone is kept.
                plan.watermark = nil
                return plan
            }
        } catch {
            throw .failed(
                "The options in the record cannot be read: \(UntrustedText.printable(error.reason))"
            )
        }
        policyFile =
            if let policy { policy } else { try Self.file(of: record.policy.name, configuration) }
    }

    private static func file(
        of name: String, _ configuration: ServiceConfiguration
    ) throws(CommandFailure) -> String {
        let files: [String]
        do throws(ConfigurationError) {
            files = try configuration.policyFiles()
        } catch {
            throw CommandFailure(error)
        }
        // A name is looked for among the files, and never made into a path.
        let file = files.first { file in
            [".yaml", ".json"].contains { file.hasSuffix("/\(name)\($0)") } && !name.contains("/")
        }
        guard let file else {
            throw .failed(
                "There is no policy \(ConfigurationProblem.quoted(name)) in "
                    + "\(configuration.policies). Name its file with --policy.")
        }
        return file
    }

    /// What became of it now, and before.
    struct Outcome {
        let before: CrashRecord
        let policyFile: String
        /// nil where the child answered.
        let now: CrashRecord?
        /// What was answered, or why there was no child.
        let answer: String
        /// What is not as it was then.
        let changes: CrashChanges

        var isSame: Bool {
            guard let now, now.class == before.class else { return false }
            return now.signature == before.signature || isLike
        }

        /// Whether it is the same but for where it lies in files that were built anew.
        var isLike: Bool {
            guard let now, changes.hasOtherBuilds,
                now.class == before.class, now.observed.ending == before.observed.ending,
                now.observed.deniedCall?.number == before.observed.deniedCall?.number,
                let old = before.observed.stack ?? before.reported.stack,
                let new = now.observed.stack ?? now.reported.stack
            else { return false }
            return new.isLike(old)
        }
    }

    /// Runs it once. The child's death is waited for.
    func run(_ bytes: ByteBuffer) async throws(CommandFailure) -> Outcome {
        let observer = EndedChildren()
        var oneShot = OneShot(configuration: configuration)
        oneShot.policyFiles = [policyFile]
        oneShot.formats = .all
        oneShot.observer = observer
        let prepared = try oneShot.prepare()
        try oneShot.giveUpRoot()
        guard let covering = prepared.covering(format) else {
            throw .failed("The policy \(policyFile) does not cover \(format.name).")
        }
        let limits = covering.limits
        let jobs: JobRunner
        switch await oneShot.start(covering) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let source = SourceBytes(
            bytes: bytes, sha256: sha256, format: format,
            announced: record.input?.announced.flatMap { name in
                ImageFormat.allCases.first { $0.name == name }
            })
        let job = Job(
            requestID: RequestID().text, operation: operation, input: source, plans: plans,
            wishes: wishes, limits: limits.lowered(to: recorded(limits)), deadline: .now + time)
        var answer = "answered"
        do throws(JobFailure) {
            _ = try await jobs.run(job)
        } catch {
            answer = Problem(error, limits: limits).detail
        }
        let ended = await observer.child(of: job.requestID)
        await jobs.stop()
        let now = ended.flatMap { child in
            child.ending.map { CrashRecord(child.report, $0, id: record.id) }
        }
        let changes = CrashChanges(
            since: record,
            policy: ended.map { .init($0.report.policy, $0.report.posture) } ?? record.policy,
            libraries: ended.map { .init($0.report.hello) } ?? record.libraries)
        return Outcome(
            before: record, policyFile: policyFile, now: now, answer: answer, changes: changes)
    }

    /// What its job had before; with less it may never get there, and with more of it wait longer.
    private var time: Duration {
        Self.time(record.observed.limits.deadline) ?? configuration.timeout
    }

    /// An hour is more than any job has: the log may have been written to.
    static func time(_ milliseconds: Double?) -> Duration? {
        milliseconds.map { .milliseconds(min(max($0, 1), 3_600_000)) }
    }

    private func recorded(_ limits: JobLimits) -> JobLimits {
        let before = record.observed.limits
        var lowered = limits
        lowered.inputBytes = before.inputBytes ?? limits.inputBytes
        lowered.outputBytes = before.outputBytes ?? limits.outputBytes
        lowered.pixels = before.pixels ?? limits.pixels
        lowered.frames = before.frames ?? limits.frames
        return lowered
    }
}

extension CrashReplay.Outcome {
    var text: String {
        var table = TextTable("", "CLASS", "SIGNATURE", "WHAT")
        table.add(
            "before", before.class.rawValue, CrashTable.safe(before.signature),
            CrashTable.safe(before.summary))
        table.add(
            "now", now?.class.rawValue ?? "-", CrashTable.safe(now?.signature ?? "-"),
            CrashTable.safe(now?.summary ?? answer))
        let verdict =
            isSame
            ? isLike && now?.signature != before.signature
                ? "It died the same way under \(policyFile), as far as that can be told of files that "
                    + "were built anew."
                : "It died the same way under \(policyFile)."
            : now == nil
                ? "No child died of it under \(policyFile)."
                : "It died in another way under \(policyFile)."
        let changed = changes.sentences.map { $0 + "\n" }.joined()
        return table.text(width: PolicyOutput.width) + "\n" + verdict + "\n" + changed
    }

    var json: JSONValue {
        func members(_ record: CrashRecord?) -> JSONValue {
            .object([
                ("class", record.map { .string($0.class.rawValue) } ?? .null),
                ("signature", record.map { .string($0.signature) } ?? .null),
                ("summary", .string(record?.summary ?? answer)),
            ])
        }
        return .object([
            ("id", .string(before.id)), ("policy", .string(policyFile)),
            ("same", .bool(isSame)),
            ("changes", .array(changes.sentences.map(JSONValue.string))),
            ("before", members(before)), ("now", members(now)),
        ])
    }
}
