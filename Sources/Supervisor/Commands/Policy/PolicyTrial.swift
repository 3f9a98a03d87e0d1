import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// What `policy test` says: which images failed, where, and by which rule.
struct PolicyTrial {
    private let input: PolicyInput
    private let simulation: PolicySimulation
    private let programSHA256: String
    private let failures: [CorpusRun.Failure]
    private let skipped: [CorpusRun.Skipped]
    private let images: Int
    private let jobs: Int

    init(_ input: PolicyInput, _ visits: [CorpusRun.Visit]) throws(CommandFailure) {
        guard let architecture = SeccompArchitecture.native else {
            throw .failed("No policy covers this machine.")
        }
        self.input = input
        simulation = try PolicySimulation(input, on: architecture)
        programSHA256 = try input.program(for: architecture, orEnd: .failed).sha256
        failures = visits.flatMap(\.failures)
        skipped = visits.compactMap(\.skipped)
        images = visits.count { $0.jobs > 0 }
        jobs = visits.reduce(0) { $0 + $1.jobs }
    }

    /// Whether there were images, and all of them came through.
    var isPassed: Bool { failures.isEmpty && images > 0 }

    func text(_ width: Int?) throws(CommandFailure) -> String {
        var text = ""
        if !failures.isEmpty {
            var table = TextTable(
                "IMAGE", "ASKED", "FAILED BY", "STAGE", "CALL", "RULE", flexible: [1, 4])
            for group in groups {
                let (first, tasks) = (group[0], group.map(\.task.text))
                let decision = try decision(on: first)
                table.add(
                    UntrustedText.printable(first.image), tasks.joined(separator: ", "),
                    first.verdict.map { "\(first.cause): \($0.name)" } ?? first.cause,
                    first.stage?.name ?? "-", first.call?.asMade.text ?? "-",
                    decision.map { simulation.location($0.source) } ?? "-")
            }
            text += table.text(width: width) + "\n"
        }
        for skipped in skipped.prefix(Self.mostSkipped) {
            text += "\(UntrustedText.printable(skipped.image)) was left out. \(skipped.reason)\n"
        }
        if skipped.count > Self.mostSkipped {
            text += "\(skipped.count - Self.mostSkipped) more files were left out.\n"
        }
        return text + summary + "\n"
    }

    /// Those of one image that failed in the same way, in the order in which it was asked.
    private var groups: [[CorpusRun.Failure]] {
        var groups: [[CorpusRun.Failure]] = []
        for failure in failures {
            let known = groups.firstIndex { $0[0].isAlike(failure) }
            if let known { groups[known].append(failure) } else { groups.append([failure]) }
        }
        return groups
    }

    private static let mostSkipped = 10

    private var summary: String {
        let asked = "\(images) image\(images == 1 ? "" : "s"), asked \(jobs) times"
        if images == 0 {
            return "No image was tried: \(input.document.path) covers none of them."
        }
        if failures.isEmpty { return "\(input.document.path): \(asked), all came through." }
        let failed = Set(failures.map(\.image)).count
        return "\(input.document.path): \(asked), \(failed) of the images failed."
    }

    private func decision(
        on failure: CorpusRun.Failure
    ) throws(CommandFailure) -> PolicySimulation.Decision? {
        guard let call = failure.call, !call.isAbort else { return nil }
        return try simulation.decision(on: call.asMade)
    }

    func json() throws(CommandFailure) -> JSONValue {
        var entries: [JSONValue] = []
        for failure in failures { entries.append(try entry(failure)) }
        return .object([
            ("policy", .string(input.document.path)), ("sha256", .string(input.sha256)),
            ("program_sha256", .string(programSHA256)),
            ("images", .integer(Int64(images))), ("jobs", .integer(Int64(jobs))),
            ("failures", .array(entries)),
            (
                "skipped",
                .array(
                    skipped.map {
                        .object([("file", .string($0.image)), ("reason", .string($0.reason))])
                    })
            ),
        ])
    }

    private func entry(
        _ failure: CorpusRun.Failure
    ) throws(CommandFailure) -> JSONValue {
        let decision = try decision(on: failure)
        let members: [(String, JSONValue)] = [
            ("image", .string(failure.image)), ("sha256", .string(failure.sha256)),
            ("asked", .string(failure.task.text)), ("class", .string(failure.cause)),
            ("stage", failure.stage.map { .string($0.name) } ?? .null),
            ("verdict", failure.verdict.map { .string($0.name) } ?? .null),
        ]
        return .object(members + Self.members(of: failure.call) + place(of: decision))
    }

    private static func members(of call: DeniedCall?) -> [(String, JSONValue)] {
        guard let call else {
            return ["syscall", "syscall_number", "arguments", "text"].map { ($0, .null) }
        }
        return [
            ("syscall", .string(SyscallNames.name(of: call.number, call.architecture))),
            ("syscall_number", .unsigned(UInt64(call.number))),
            ("arguments", .names(call.arguments.map { "0x" + String($0, radix: 16) })),
            ("text", .string(call.asMade.text)),
        ]
    }

    private func place(of decision: PolicySimulation.Decision?) -> [(String, JSONValue)] {
        guard let decision else { return [("file", .null), ("line", .null)] }
        let rule = decision.source.rule
        let standard = simulation.defaultPlace
        return [
            ("file", .string(rule.map { $0.file ?? input.document.path } ?? standard.file)),
            ("line", .integer(Int64(rule?.position.line ?? standard.position.line))),
        ]
    }
}

extension CorpusRun.Failure {
    fileprivate func isAlike(_ other: Self) -> Bool {
        image == other.image && cause == other.cause && stage == other.stage
            && verdict == other.verdict && call?.number == other.call?.number
    }
}

extension DeniedCall {
    /// As tools on policies know it.
    var asMade: SeccompCall {
        SeccompCall(
            architecture: architecture, number: number, arguments: arguments,
            instructionPointer: instructionPointer)
    }
}
