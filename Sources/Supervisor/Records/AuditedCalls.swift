import Logging
import SandboxPolicy
import WireProtocol

/// The calls beyond its policy that a child was let make: each kind of them once, in the order in
/// which the first was made.
struct AuditedCalls: Sendable {
    struct Entry: Sendable {
        /// The first one.
        var call: DeniedCall
        var count = 1
    }

    private(set) var entries: [Entry] = []
    /// Calls of further kinds, and those beyond what a zygote reports.
    private(set) var isCutShort = false

    /// Kinds that are worth a line of the log each; who makes more of them means to hide one.
    static let mostKinds = 256

    init(_ calls: [DeniedCall]) {
        var places: [Kind: Int] = [:]
        isCutShort = calls.count >= Int(HeldCalls.mostRecorded)
        for call in calls {
            let kind = Kind(call)
            if let place = places[kind] {
                entries[place].count += 1
            } else if entries.count < Self.mostKinds {
                places[kind] = entries.count
                entries.append(Entry(call: call))
            } else {
                isCutShort = true
            }
        }
    }

    /// What makes two calls the same: whatever rules could compare.
    private struct Kind: Hashable {
        let number: UInt32
        let architecture: UInt32
        let pattern: CallPattern?

        init(_ call: DeniedCall) {
            number = call.number
            architecture = call.architecture
            let own = SeccompArchitecture.allCases.first { $0.auditValue == call.architecture }
            pattern = own.flatMap { SyscallCatalogue.entry(number: call.number, on: $0) }.map {
                CallPattern(call.asMade, of: $0, root: .empty, comparing: nil)
            }
        }
    }

    /// One line for each kind.
    func log(_ child: Logger.Metadata, to logger: Logger) {
        for entry in entries {
            var fields = child.merging(.init(entry.call)) { own, _ in own }
            fields["count"] = .stringConvertible(entry.count)
            logger.warning("call recorded", metadata: fields)
        }
        if isCutShort {
            logger.warning("more calls were made than are recorded", metadata: child)
        }
    }
}

extension Logger.Metadata {
    /// A held call, by the kernel's word.
    init(_ call: DeniedCall) {
        self = [
            "syscall": "\(SyscallNames.name(of: call.number, call.architecture))",
            "syscall_number": .stringConvertible(call.number),
            "arch": "0x\(String(call.architecture, radix: 16))",
            "instruction_pointer": "0x\(String(call.instructionPointer, radix: 16))",
            "arguments": .array(call.arguments.map { "0x\(String($0, radix: 16))" }),
        ]
    }
}
