/// One crash as a page for people.
struct CrashPage {
    private let record: CrashRecord
    private let isQuarantined: Bool?
    private let width: Int
    private static let nameWidth = 12

    /// - Parameters:
    ///   - isQuarantined: whether its input can be replayed without a file; nil where nobody knows.
    ///   - width: characters of a line.
    init(_ record: CrashRecord, isQuarantined: Bool?, width: Int = WrappedText.columns) {
        self.record = record
        self.isQuarantined = isQuarantined
        self.width = width
    }

    var text: String {
        let sections: [(String, [String])] = [
            ("What happened", happened), ("What the kernel and the service saw", observed),
            ("What the child said, which may be a lie", reported), ("What it ran", libraries),
            (
                "What to do next",
                CrashAdvice(record, isQuarantined: isQuarantined).lines(width: width)
            ),
        ]
        let head =
            "Crash \(CrashTable.safe(record.id)), \(record.class.rawValue), "
            + "\(CrashTable.time(record.time)) UTC"
        return
            ([head] + WrappedText.lines(CrashTable.safe(record.summary), columns: width)
            + sections.filter { !$0.1.isEmpty }.flatMap { ["", $0.0] + $0.1 })
            .joined(separator: "\n") + "\n"
    }

    /// A name and what belongs to it, under each other.
    private func row(_ name: String, _ value: String?) -> [String] {
        guard let value, !value.isEmpty else { return [] }
        let indent = String(repeating: " ", count: 2 + Self.nameWidth)
        let first = "  " + name + String(repeating: " ", count: Self.nameWidth - name.count)
        return WrappedText.lines(
            CrashTable.safe(value), columns: width, first: first, rest: indent)
    }

    private var happened: [String] {
        var lines: [String] = []
        if let request = record.request {
            lines += row("request", request.id)
            lines += row("trace", request.traceID)
            lines += row("key", request.key)
            lines += row("source", request.source)
        }
        if let input = record.input {
            lines += row("input", input.sha256)
            let announced = input.announced.map { ", announced as \($0)" } ?? ""
            lines += row("", "\(input.bytes) bytes, \(input.sniffed)\(announced)")
            lines += row("asked", "\(input.operation) \(input.plan ?? "")")
        }
        lines += row("policy", "\(record.policy.name), posture \(record.policy.posture)")
        lines += row("", "file \(record.policy.sha256.prefix(16))")
        lines += row("", "program \(record.policy.programSHA256.prefix(16))")
        let reused =
            record.child.isGenerationReused
            ? "; a sibling had crashed before, and the zygote was used again" : ""
        lines += row(
            "child",
            "\(record.child.id) of generation \(record.child.generation), which was "
                + Self.time(record.child.generationAge) + " old" + reused)
        lines += row("times", times)
        let word = record.signatureSource == .child ? ", of frames that the child told itself" : ""
        return lines + row("signature", record.signature + word)
    }

    private var times: String {
        let times = record.times
        var parts = ["asked for at \(times.asked)"]
        func add(_ name: String, _ time: Double?) {
            if let time { parts.append("\(name) +\(Self.time(time))") }
        }
        add("born", times.born)
        add("ready", times.ready)
        add("job", times.given)
        for stage in times.stages { add(stage.stage, stage.at) }
        add("answered", times.answered)
        add("killed", times.killed)
        add("gone", times.gone)
        return parts.joined(separator: ", ")
    }

    private var observed: [String] {
        let observed = record.observed
        var lines: [String] = []
        if let ending = observed.ending {
            let name = ending.name ?? "\(ending.kind.rawValue) \(ending.number)"
            lines += row("end", "\(name): \(ending.meaning)")
        } else {
            lines += row("end", "Nobody could tell: its zygote died with it.")
        }
        lines += row("killed for", observed.killedFor)
        if let call = observed.deniedCall {
            lines += row("call", call.text)
            lines += row(
                "", "number \(call.number) of \(call.architecture), at \(call.instructionPointer)")
            if let rule = call.rule {
                let which = rule.isDefault ? "the default action" : "a rule"
                lines += row("rule", "\(rule.file):\(rule.line), \(which): \(rule.action)")
            }
        }
        if let setup = observed.setupFailure {
            lines += row("setup", "\(setup.stage): \(setup.detail) (errno \(setup.errno))")
        }
        if let used = observed.resources {
            lines += row(
                "used",
                "\(Self.time(used.userTime)) in user mode, \(Self.time(used.systemTime)) in the "
                    + "kernel, at most \(Self.size(used.peakResident)), \(used.minorFaults) minor "
                    + "and \(used.majorFaults) major page faults")
        }
        let limits = observed.limits
        let deadline = limits.deadline.map { ", \(Self.time($0)) for the job" } ?? ""
        lines += row(
            "limits",
            "\(Self.size(limits.memory)) of memory, \(limits.processorSeconds) s of processor time, "
                + "\(limits.threads) threads\(deadline)")
        return lines + stack(observed.stack)
    }

    private var reported: [String] {
        let reported = record.reported
        return row("stage", reported.stage) + row("sent", reported.protocolError)
            + row("printed", reported.standardError) + stack(reported.stack)
    }

    /// How many frames a page shows: what leads to a fault is among the innermost.
    private static let mostFrames = 12

    private func stack(_ stack: CrashStack?) -> [String] {
        guard let stack else { return [] }
        if let reason = stack.unavailable { return row("stack", "unavailable: \(reason)") }
        var lines = row("fault", stack.faultAddress.map { "at address \($0)" })
        let frames = stack.frames ?? []
        for (index, frame) in frames.prefix(Self.mostFrames).enumerated() {
            let place =
                frame.module.map { "\($0)+\(frame.offset)" } ?? "\(frame.offset), in no file"
            let function = frame.function.map { " \($0)" } ?? ""
            lines += row(index == 0 ? "stack" : "", "#\(index) \(place)\(function)")
        }
        let left = frames.count - Self.mostFrames
        if left > 0 { return lines + row("", "and \(left) more, which --json prints") }
        return lines + row("", stack.isTruncated == true ? "and more" : nil)
    }

    private var libraries: [String] {
        let libraries = record.libraries
        let versions = [
            libraries.libvips.map { "libvips \($0)" }, libraries.libmagic.map { "libmagic \($0)" },
            "Linux \(libraries.kernel)",
        ]
        return row("versions", versions.compactMap { $0 }.joined(separator: ", "))
    }

    /// Milliseconds.
    private static func time(_ milliseconds: Double) -> String {
        milliseconds < 10_000
            ? "\((milliseconds * 10).rounded() / 10) ms"
            : "\((milliseconds / 100).rounded() / 10) s"
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
