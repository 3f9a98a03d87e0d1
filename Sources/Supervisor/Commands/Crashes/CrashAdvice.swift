/// What an operator may do about a crash, with the commands to type.
struct CrashAdvice {
    private let record: CrashRecord
    private let isQuarantined: Bool?

    init(_ record: CrashRecord, isQuarantined: Bool?) {
        self.record = record
        self.isQuarantined = isQuarantined
    }

    /// One thing to do: a sentence, and the commands for it.
    private struct Step {
        let text: String
        var commands: [String] = []
    }

    func lines(width: Int) -> [String] {
        (steps + common).flatMap { step in
            WrappedText.lines(step.text, columns: width, first: "  - ", rest: "    ")
                + step.commands.map { "      " + CrashTable.safe($0) }
        }
    }

    /// A word of a shell: policy files have plain names, but the log may have been written to.
    private static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || [0x2d, 0x2e, 0x2f, 0x5f].contains(byte)
            }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private var id: String { Self.word(record.id) }
    private var policyFile: String {
        Self.word(record.observed.deniedCall?.rule?.file ?? "policies/\(record.policy.name).yaml")
    }

    private var steps: [Step] {
        switch record.class {
        case .violation: violation
        case .crash: crash
        case .memory:
            [
                Step(
                    text: "It was at its memory limit when it died. Where such images are to be "
                        + "served, raise x-glovebox.limits.memory in \(policyFile); else lower "
                        + "max_pixels, so that they are refused by their header.",
                    commands: ["glovebox policy show \(policyFile)"])
            ]
        case .cpu:
            [
                Step(
                    text: "It used up its processor time. Images that compress a great deal into "
                        + "little look like this. Lower max_pixels or max_frames, or raise the "
                        + "limit in \(policyFile) if such images are yours.")
            ]
        case .deadline:
            [
                Step(
                    text: "It was not done in time. Waiting for a worker is part of that: look "
                        + "whether the service was busy before you raise timeout.",
                    commands: ["glovebox status"])
            ]
        case .output, .protocol:
            [
                Step(
                    text: "No decoder of ours says such things: take the child for one that was "
                        + "taken over, and the input for an attack. What it did stayed in the "
                        + "child. Find out who sent it, and report the input to those who maintain "
                        + "the decoder.")
            ]
        case .setup:
            [
                Step(
                    text: "It was never confined, and never saw an image. The machine, or what "
                        + "surrounds the service, has changed.",
                    commands: ["glovebox doctor"])
            ]
        case .abandoned:
            [Step(text: "The client went away, and the child was ended for it. Nothing is wrong.")]
        case .lost:
            [
                Step(
                    text: "Its zygote died with it. See whether the kernel ran out of memory.",
                    commands: ["journalctl -k --grep 'out of memory|oom'"])
            ]
        }
    }

    private var violation: [Step] {
        let call = record.observed.deniedCall?.name ?? "the call"
        return [
            Step(
                text:
                    "Decide whether an honest decoder needs \(call). If it does not, the input is "
                    + "an attack or the library is new: change nothing. If it does, this says the "
                    + "smallest rule, or why there should be none.",
                commands: [
                    "glovebox crashes show \(id) --json | glovebox policy suggest - --policy "
                        + policyFile
                ]),
            Step(
                text: "After a change, try it before it serves.",
                commands: [
                    "glovebox policy test \(policyFile)",
                    "glovebox crashes replay \(id) --policy \(policyFile)",
                    "glovebox policy reload",
                ]),
        ]
    }

    /// The library that the innermost frame with a file is in, by whoever knows frames.
    private var culprit: CrashRecord.Libraries.Build? {
        let frames = record.observed.stack?.frames ?? record.reported.stack?.frames ?? []
        let frame = frames.first { frame in
            frame.module.map { !$0.hasPrefix("libc.so") && !$0.hasPrefix("glovebox") } ?? false
        }
        return frame.flatMap { frame in
            frame.module.map { .init(name: $0, build: frame.build ?? "") }
        }
    }

    private var crash: [Step] {
        guard let culprit else {
            return [
                Step(
                    text: "A library crashed, and which one is not known. See whether there are "
                        + "newer ones, and restart the service after an upgrade.",
                    commands: ["apt list --upgradable", "glovebox crashes list --class crash"])
            ]
        }
        let build = culprit.build.isEmpty ? "" : ", build id \(culprit.build)"
        return [
            Step(
                text: "It crashed in \(culprit.name)\(build). See which package that is from and "
                    + "whether there is a newer one. Upgrade it, restart the service, and replay.",
                commands: [
                    "dpkg -S \(Self.word("*/" + culprit.name + "*"))", "apt list --upgradable",
                ]),
            Step(
                text: "If it crashes with the newest one too, report it to those who maintain it, "
                    + "with the input, module, build id and offset."),
        ]
    }

    private var common: [Step] {
        var steps: [Step] = []
        if record.input != nil, record.class != .setup, record.class != .abandoned {
            switch isQuarantined {
            case true?:
                steps.append(
                    Step(
                        text: "Its input is in quarantine. See whether it still dies of it.",
                        commands: ["glovebox crashes replay \(id)"]))
            case false?, nil:
                steps.append(
                    Step(
                        text: "Who has the input can see whether a child still dies of it.",
                        commands: ["glovebox crashes replay \(id) --input FILE"]))
            }
        }
        steps.append(
            Step(
                text: "See how often this happens.",
                commands: ["glovebox crashes stats --signature \(Self.word(record.signature))"]))
        return steps
    }
}
