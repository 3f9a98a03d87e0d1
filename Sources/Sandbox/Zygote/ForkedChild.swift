internal import CLinux
internal import Descriptors
internal import Glibc
internal import SandboxPolicy
internal import WireProtocol

/// A child as its zygote knows it, from fork to reaping.
///
/// A class, because it sits in an array and owns descriptors.
final class ForkedChild {
    /// The supervisor's number for it.
    let id: UInt64
    /// Its process id in the zygote's PID namespace; meaningful until it is reaped.
    let process: CInt
    let handle: ProcessHandle
    /// The zygote's end of descriptor 5, until the listener has come over it.
    private(set) var handover: PacketSocket?
    /// The seccomp listener: one notification for each call that the policy does not allow.
    private(set) var listener: Descriptor?
    /// What has been reported of it.
    var observed: Observed?
    /// The look at its first held call.
    var look: HeldLook?
    /// Calls of it that were recorded.
    var recorded: UInt32 = 0
    /// Whether wait4 has returned it.
    var isReaped = false

    init(
        id: UInt64, process: CInt, handle: consuming ProcessHandle,
        handover: consuming PacketSocket
    ) {
        self.id = id
        self.process = process
        self.handle = handle
        self.handover = consume handover
    }

    /// The listener has arrived: with its last limit in force the child may go on, and descriptor 5
    /// has served. A child whose limit cannot be set gets no word, and ends.
    func adopt(
        listener: consuming Descriptor, limit: ResourceLimit
    ) throws(SetupFailure) {
        self.listener = consume listener
        defer { handover = nil }
        let number = CInt(limit.kind.rawValue)
        let result = clinux_set_limit_of(process, number, limit.soft, limit.hard)
        guard result == 0 else {
            throw SetupFailure(
                stage: limit.kind.name, code: -result,
                detail: SystemError("prlimit", -result).description)
        }
        try? handover?.send([1])
    }

    /// Kinds of held calls.
    enum Observed {
        case abort, violation
    }

    /// What poll(2) is to look at; −1, which it skips, for what is not there.
    var listenerNumber: CInt {
        switch listener {
        case .some(let listener): listener.number
        case .none: -1
        }
    }

    /// As ``listenerNumber``.
    var handoverNumber: CInt {
        switch handover {
        case .some(let handover): handover.descriptor.number
        case .none: -1
        }
    }

    func dropHandover() { handover = nil }
    func dropListener() { listener = nil }

    /// What came over descriptor 5: the listener, or the failure of a step.
    ///
    /// - Parameter limit: set before the child goes on.
    func receiveHandover(limit: ResourceLimit) -> Handover {
        do throws(SystemError) {
            let capacity = Frame.headerSize + FrameKind.failed.largestPayload
            var packet: PacketSocket.Packet
            switch handover {
            case .some(let handover):
                packet = try handover.receive(atMost: capacity, waiting: false)
            case .none:
                return .nothing
            }
            if let listener = packet.descriptors.takeFirst() {
                do throws(SetupFailure) {
                    try adopt(listener: listener, limit: limit)
                    return .listener
                } catch {
                    return .failure(error)
                }
            }
            let message = try? ZygoteMessage(packet: packet.bytes.span)
            dropHandover()
            guard case .failed(_, let failure) = message else { return .nothing }
            return .failure(failure)
        } catch {
            if error.code != EAGAIN { dropHandover() }
            return .nothing
        }
    }

    enum Handover {
        case nothing
        case listener
        case failure(SetupFailure)
    }
}
