import FoundationEssentials
import ImageVocabulary
import SandboxPolicy
import WireProtocol

extension CrashObservation {
    init(_ report: ChildReport) {
        let life = report.life
        self.init(
            ending: life.exit.map { Ending($0.ending) },
            killedFor: life.killReason?.name,
            deniedCall: life.deniedCall.map { Call($0, by: report.served.answers) },
            setupFailure: life.setupFailure.map {
                Setup(
                    stage: UntrustedText.printable($0.stage),
                    detail: UntrustedText.printable($0.detail), errno: $0.code)
            },
            stack: report.observedStack,
            resources: life.exit.map { Resources($0) }, limits: Limits(report))
    }
}

extension CrashObservation.Ending {
    init(_ ending: ChildExit.Ending) {
        switch ending {
        case .status(let status):
            self.init(
                kind: .status, number: status,
                meaning: status == 0 ? "it ended by itself" : "it ended by itself with an error")
        case .signal(let signal):
            self.init(
                kind: .signal, number: signal, name: SignalText.name(signal),
                meaning: SignalText.meaning(signal))
        }
    }
}

extension CrashObservation.Call {
    init(_ call: DeniedCall, by answers: PolicyAnswers) {
        let own = SeccompArchitecture.allCases.first { $0.auditValue == call.architecture }
        self.init(
            number: call.number,
            name: own.flatMap { SyscallCatalogue.entry(number: call.number, on: $0)?.name },
            architecture: Self.hex(UInt64(call.architecture)),
            instructionPointer: Self.hex(call.instructionPointer),
            arguments: call.arguments.map(Self.hex), text: Self.text(call, own),
            // An abort is answered by the zygote whatever the rules say.
            rule: answers.ruling(on: call), isAbort: call.isAbort)
    }

    /// The call as it is written in C, with the names of constants, and of each descriptor what a
    /// child has there.
    private static func text(_ call: DeniedCall, _ own: SeccompArchitecture?) -> String {
        guard let own, let entry = SyscallCatalogue.entry(number: call.number, on: own) else {
            return SeccompCall(
                architecture: call.architecture, number: call.number, arguments: call.arguments
            ).text
        }
        let values = zip(entry.arguments, call.arguments).map { argument, value in
            let text = argument.kind.text(value, on: own)
            guard argument.kind == .descriptor, let role = descriptors[text] else { return text }
            return "\(text) (\(role))"
        }
        return "\(entry.name)(\(values.joined(separator: ", ")))"
    }

    /// What a child has at its descriptors, by their numbers.
    private static let descriptors = [
        "0": "job", "1": "stderr", "2": "stderr", "3": "input", "4": "result", "5": "handover",
    ]

    private static func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}

extension CrashObservation.Resources {
    init(_ exit: ChildExit) {
        self.init(
            userTime: Double(exit.userTime) / 1_000, systemTime: Double(exit.systemTime) / 1_000,
            peakResident: exit.peakResident << 10, minorFaults: exit.minorFaults,
            majorFaults: exit.majorFaults)
    }
}

extension CrashObservation.Limits {
    /// As a child sets them itself (`ChildLimits` of the sandbox): RLIMIT_DATA is what the zygote
    /// rests at and the budget, RLIMIT_AS leaves room for the budget twice.
    init(_ report: ChildReport) {
        let configuration = report.served.configuration
        let budget = configuration.memoryBudget
        let limits = report.job?.limits
        self.init(
            memory: budget,
            data: report.hello.map { $0.restingData.saturatingAdd(budget) },
            addressSpace: report.hello.map {
                $0.restingAddressSpace.saturatingAdd(budget).saturatingAdd(budget)
            },
            processorSeconds: configuration.cpuSeconds, threads: configuration.threads,
            birth: report.birth.milliseconds,
            deadline: report.life.times.given.flatMap { given in
                report.job.map { ($0.deadline - given).milliseconds }
            },
            inputBytes: limits?.inputBytes, outputBytes: limits?.outputBytes,
            pixels: limits?.pixels, frames: limits?.frames,
            resourceLimits: Dictionary(
                configuration.resourceLimits.map { ($0.kind.name, $0.soft) }
            ) { first, _ in first })
    }
}

extension UInt64 {
    /// The sum, or the largest value where it does not fit.
    fileprivate func saturatingAdd(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
