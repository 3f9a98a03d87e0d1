/// A thread's registers, and the addresses on its stack that a call returns to. Some of them are left
/// over from calls that have returned.
public struct StackImage: Equatable, Sendable {
    /// The processors whose registers this is about.
    public enum Processor: UInt8, Sendable {
        case x8664 = 1
        case aarch64 = 2

        /// What this code runs on.
        public static var own: Processor {
            #if arch(x86_64)
                .x8664
            #else
                .aarch64
            #endif
        }

        /// In the order in which they are sent.
        public var registerNames: [String] {
            switch self {
            case .x8664:
                [
                    "rip", "rsp", "rbp", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9",
                    "r10", "r11", "r12", "r13", "r14", "r15", "eflags", "orig_rax",
                ]
            case .aarch64: ["pc", "sp"] + (0...30).map { "x\($0)" } + ["pstate"]
            }
        }
    }

    public static let registerCount = 34
    public static let mostAddresses = 64

    public var processor: Processor
    /// Exactly ``registerCount``; 0 for those that the processor has not.
    public var registers: [UInt64]
    /// The innermost first: where the thread was.
    public var addresses: [UInt64]
    /// Whether there was more of the stack.
    public var isTruncated: Bool

    public init(
        processor: Processor = .own, registers: [UInt64], addresses: [UInt64], isTruncated: Bool
    ) {
        precondition(registers.count == Self.registerCount, "a fixed number of registers")
        self.processor = processor
        self.registers = registers
        self.addresses = Array(addresses.prefix(Self.mostAddresses))
        self.isTruncated = isTruncated
    }

    func write(to frame: inout FrameWriter) {
        frame.u8(processor.rawValue)
        for register in registers { frame.u64(register) }
        frame.bool(isTruncated)
        frame.u8(UInt8(addresses.count))
        for address in addresses { frame.u64(address) }
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        processor = try cursor.value(Processor.self, in: payload)
        registers = []
        for _ in 0..<Self.registerCount { registers.append(try cursor.u64(in: payload)) }
        isTruncated = try cursor.bool(in: payload)
        let count = Int(try cursor.u8(in: payload))
        guard count <= Self.mostAddresses else { throw .tooMany("addresses") }
        addresses = []
        for _ in 0..<count { addresses.append(try cursor.u64(in: payload)) }
    }
}

/// What a zygote saw of a thread whose call the kernel held, before it killed the child.
public enum Snapshot: Equatable, Sendable {
    case taken(StackImage, isFirstThread: Bool)
    case missing(Reason, errno: Int32)

    public enum Reason: UInt8, Sendable {
        /// The zygote may not look into its child.
        case notPermitted = 1
        /// The thread did not stop in time.
        case notStopped = 2
        /// The thread was gone before it could be looked at.
        case gone = 3
    }

    func write(to frame: inout FrameWriter) {
        switch self {
        case .missing(let reason, let errno):
            frame.u8(0)
            frame.u8(reason.rawValue)
            frame.i32(errno)
        case .taken(let stack, let isFirstThread):
            frame.u8(1)
            stack.write(to: &frame)
            frame.bool(isFirstThread)
        }
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        if try cursor.bool(in: payload) {
            let stack = try StackImage(&cursor, payload)
            self = .taken(stack, isFirstThread: try cursor.bool(in: payload))
        } else {
            let reason = try cursor.value(Reason.self, in: payload)
            self = .missing(reason, errno: try cursor.i32(in: payload))
        }
    }
}
