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

    init(_ calls: [DeniedCall]) {
        var places: [Kind: Int] = [:]
        for call in calls {
            if let place = places[Kind(call)] {
                entries[place].count += 1
            } else {
                places[Kind(call)] = entries.count
                entries.append(Entry(call: call))
            }
        }
    }

    /// What makes two calls the same for a reader: all but addresses and lengths.
    private struct Kind: Hashable {
        let number: UInt32
        let architecture: UInt32
        let arguments: [UInt64]

        init(_ call: DeniedCall) {
            number = call.number
            architecture = call.architecture
            let known = SeccompArchitecture.allCases.first { $0.auditValue == call.architecture }
                .flatMap { SyscallCatalogue.entry(number: call.number, on: $0) }
            let named = known?.arguments ?? []
            arguments = zip(call.arguments, named).map { value, argument in
                switch argument.kind {
                case .pointer, .size, .offset: 0
                default: value
                }
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
