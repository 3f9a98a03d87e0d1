internal import CLinux
internal import Glibc
internal import WireProtocol

/// A zygote's look at a thread whose call the kernel holds: it is stopped, read, and never goes on.
///
/// A zygote waits for nobody but in poll(2), so each step only tries.
struct HeldLook {
    /// The thread in the zygote's PID namespace.
    private let thread: CInt
    private let isFirstThread: Bool
    private let started: UInt64
    private var state: State

    private enum State {
        /// It has been asked to stop.
        case stopping
        /// It was stopped, and has to be taken away when it has ended.
        case traced
        case over
    }

    /// What a thread has to stop, in microseconds. One that waits in the kernel takes about forty.
    private static let patience: UInt64 = 10_000

    /// What is spent at once on seeing it through, in microseconds: others wait meanwhile.
    private static let moment: UInt64 = 200

    /// Asks a thread to stop.
    ///
    /// - Parameter isHeld: whether its call still waits for an answer.
    /// - Returns: what there is to tell at once, when that cannot be.
    static func begin(
        thread: CInt, of process: CInt, isHeld: () -> Bool
    ) -> (HeldLook, Snapshot?) {
        var look = HeldLook(
            thread: thread, isFirstThread: thread == process, started: clinux_microseconds(),
            state: .stopping)
        let result = clinux_trace_stop(thread)
        if result == 0 { return (look, nil) }
        look.state = .over
        // The kernel says EPERM of a thread that is about to end, too (ptrace_attach in
        // kernel/ptrace.c looks at exit_state); its call is held no more then.
        let isGone = result == -ESRCH || (result == -EPERM && !isHeld())
        return (look, .missing(isGone ? .gone : .notPermitted, errno: -result))
    }

    /// Whether it is still to be told what was seen.
    var isPending: Bool { state == .stopping }
    /// Whether it was begun a moment ago.
    var isFresh: Bool { clinux_microseconds() - started < Self.moment }
    /// Whether ``step()`` has to be called again, though nothing wakes the zygote for it.
    var isOpen: Bool { state != .over }

    /// - Returns: what was seen, once.
    mutating func step() -> Snapshot? {
        switch state {
        case .over: return nil
        case .traced:
            if clinux_trace_reap(thread) == 1 { state = .over }
            return nil
        case .stopping: break
        }
        var registers = clinux_registers()
        var frames = clinux_frames()
        // Both out parameters are local variables.
        let result = unsafe clinux_trace_look(thread, &registers, &frames)
        if result == 0, clinux_microseconds() - started < Self.patience { return nil }
        // The first thread is taken away with its process. Any other one holds that up until it is
        // taken away itself, also when it was not stopped.
        state = isFirstThread ? .over : .traced
        guard result == 1 else {
            return .missing(result == 0 ? .notStopped : .gone, errno: -result)
        }
        return .taken(StackImage(registers, frames), isFirstThread: isFirstThread)
    }
}

extension StackImage {
    fileprivate init(_ registers: clinux_registers, _ frames: clinux_frames) {
        // Arrays of C are tuples here, whose elements stand in order.
        let values = unsafe withUnsafeBytes(of: registers.values) {
            unsafe Array($0.bindMemory(to: UInt64.self))
        }
        let addresses = unsafe withUnsafeBytes(of: frames.addresses) {
            unsafe Array($0.bindMemory(to: UInt64.self).prefix(Int(frames.count)))
        }
        self.init(
            registers: values, addresses: addresses, isTruncated: frames.is_truncated != 0)
    }
}
