import WireProtocol

extension CrashStack {
    /// What the zygote saw of a held child.
    init(_ snapshot: Snapshot, _ modules: ModuleTable) {
        switch snapshot {
        case .missing(let reason, let errno):
            self = .unavailable(Self.text(reason, errno))
        case .taken(let stack, let isFirstThread):
            self.init(.zygote, stack, isFirstThread: isFirstThread, modules)
        }
    }

    /// What a child's handler said of its crash.
    init(_ report: CrashReport, _ modules: ModuleTable) {
        self.init(.child, report.stack, isFirstThread: report.isFirstThread, modules)
        // The handler did not come as far as the stack.
        if report.stack.addresses.isEmpty { isTruncated = true }
        guard report.code > 0, let signal = FaultSignal(rawValue: report.signal) else { return }
        // SI_KERNEL of sigaction(2): a general protection fault, of which nobody knows the address.
        guard report.code != 0x80 else {
            faultClass = signal == .segmentation ? .nonCanonical : nil
            return
        }
        faultAddress = ModuleTable.hex(report.faultAddress)
        guard signal == .segmentation || signal == .bus else { return }
        faultClass = FaultClass(
            of: report.faultAddress, at: report.stack.registers[0],
            stackPointer: report.stack.registers[1])
    }

    private init(
        _ source: Source, _ stack: StackImage, isFirstThread: Bool, _ modules: ModuleTable
    ) {
        let addresses = stack.addresses.isEmpty ? [stack.registers[0]] : stack.addresses
        self.init(
            source: source, thread: isFirstThread ? "first" : "other",
            registers: Dictionary(
                zip(stack.processor.registerNames, stack.registers.map(ModuleTable.hex)),
                uniquingKeysWith: { first, _ in first }),
            frames: addresses.enumerated().map { index, address in
                // A call returns to the instruction behind it, which may be another function's.
                modules.frame(at: index == 0 ? address : max(1, address) - 1)
            }, isTruncated: stack.isTruncated)
    }

    private static func text(_ reason: Snapshot.Reason, _ errno: Int32) -> String {
        switch reason {
        case .notPermitted:
            "the zygote may not look into its children here (errno \(errno)); it can where it has a "
                + "user namespace of its own"
        case .notStopped: "the thread did not stop in time"
        case .gone: "the thread was gone before it could be looked at"
        }
    }

    /// Frames by which crashes are grouped: deeper ones may be left over from earlier calls.
    static let telling = 3

    /// What equal crashes have in common of their stack: the innermost frames that are in a known
    /// file, wherever that was loaded. nil where there is none.
    var commonFrames: [String]? {
        let known = (frames ?? []).prefix(Self.telling).compactMap { frame in
            frame.module.map { "\($0) \(frame.build ?? "") \(frame.offset)" }
        }
        return known.isEmpty ? nil : known
    }

    /// Whether another one is of the same functions of the same files, as far as their names are
    /// known, when the files were built anew and everything in them lies elsewhere.
    func isLike(_ other: CrashStack) -> Bool {
        let one = (frames ?? []).prefix(Self.telling)
        let two = (other.frames ?? []).prefix(Self.telling)
        return one.count == two.count && one.contains { $0.module != nil }
            && zip(one, two).allSatisfy { frame, other in
                frame.module == other.module
                    && (frame.function == nil || other.function == nil
                        || frame.function == other.function)
            }
    }

    /// What an address that could not be used tells about the mistake.
    enum FaultClass: String, Codable, Sendable {
        /// In the first 64 KiB, which nobody may map: a null pointer, with a member's offset.
        case null
        /// No address of this processor, or an instruction that only a kernel may use.
        case nonCanonical = "non-canonical"
        /// Near the stack pointer: the stack has overflowed.
        case stackGuard = "stack guard"
        /// The instruction itself could not be read: a jump to where no code is.
        case execution = "exec"
        /// Anything else: mostly the heap.
        case heap

        init(of address: UInt64, at instruction: UInt64, stackPointer: UInt64) {
            let distance =
                stackPointer > address ? stackPointer - address : address - stackPointer
            if address == instruction {
                self = .execution
            } else if address < 64 << 10 {
                self = .null
            } else if distance <= 128 << 10 {
                self = .stackGuard
            } else {
                self = .heap
            }
        }
    }
}

/// The signals of signal(7) that carry an address: of memory, or of the instruction.
private enum FaultSignal: UInt32 {
    case illegal = 4
    case bus = 7
    case arithmetic = 8
    case segmentation = 11
}
