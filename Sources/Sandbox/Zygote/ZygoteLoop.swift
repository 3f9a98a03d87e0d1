internal import CLinux
internal import Descriptors
internal import Glibc
internal import WireProtocol

/// What a zygote does for the rest of its life: one poll(2) over the control socket and, for every
/// child, its pidfd, its descriptor 5 and its seccomp listener.
struct ZygoteLoop: ~Copyable {
    private let control: PacketSocket
    private let zygote: PreparedZygote
    private let decoder: (any Decoding.Type)?
    private var children: [ForkedChild] = []

    init(
        control: consuming PacketSocket, zygote: consuming PreparedZygote,
        decoder: (any Decoding.Type)?
    ) {
        self.control = control
        self.zygote = zygote
        self.decoder = decoder
    }

    /// Runs until the control socket ends; as PID 1, the zygote takes all its children with it.
    ///
    /// - Returns: the exit status.
    mutating func run() -> CInt {
        while true {
            var entries = [pollfd(fd: control.descriptor.number, events: Int16(POLLIN), revents: 0)]
            for child in children {
                // poll skips entries with a negative descriptor.
                let numbers = [
                    child.listenerNumber, child.handoverNumber, child.handle.descriptor.number,
                ]
                for number in numbers {
                    entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
                }
            }
            // The array outlives the call, which writes nothing but its revents.
            let ready = unsafe poll(&entries, nfds_t(entries.count), -1)
            if ready < 0 && errno != EINTR { exit(1) }
            if ready <= 0 { continue }
            for (index, child) in children.enumerated() {
                let events = entries[(1 + 3 * index)..<(4 + 3 * index)].map(\.revents)
                // A held call is read before a death is: it is the reason for it.
                if events[0] != 0 { receiveDeniedCall(child, events[0]) }
                if events[1] != 0 { receiveHandover(child) }
                if events[2] != 0 { reap(child) }
            }
            children.removeAll { $0.isReaped }
            if entries[0].revents != 0 { obey() }
        }
    }

    private mutating func obey() {
        let capacity = Frame.headerSize + FrameKind.spawn.largestPayload
        do {
            var packet = try control.receive(atMost: capacity, waiting: false)
            // The supervisor is gone, or has let this generation go.
            if packet.bytes.isEmpty { exit(0) }
            switch try SupervisorMessage(packet: packet.bytes.span) {
            case .spawn(let id): spawn(id, &packet.descriptors)
            case .ping(let number): tell(.pong(number))
            case .configure: exit(1)
            }
        } catch let error as SystemError where error.code == EAGAIN {
            return
        } catch {
            // The two programs are of different versions, or the supervisor is broken.
            exit(1)
        }
    }

    private mutating func spawn(_ id: UInt64, _ descriptors: inout DescriptorList) {
        guard zygote.isSingleThreaded else {
            tell(.failed(child: id, SetupFailure(stage: "fork", code: EBUSY)))
            return
        }
        guard let job = descriptors.takeFirst(), let errors = descriptors.takeFirst(),
            let input = descriptors.takeFirst(), let result = descriptors.takeFirst()
        else {
            tell(.failed(child: id, SetupFailure(stage: "fork", code: EBADMSG)))
            return
        }
        do throws(SystemError) {
            let pair = try PacketSocket.Pair()
            let process = fork()
            if process == 0 {
                let numbers = [
                    job.number, errors.number, errors.number, input.number, result.number,
                    pair.other.descriptor.number,
                ]
                Child.run(id: id, descriptors: numbers, zygote: zygote, decoder: decoder)
            }
            guard process > 0 else { throw SystemError("fork", errno) }
            let child = ForkedChild(
                id: id, process: process, handle: try handle(of: process), handover: pair.one)
            children.append(child)
            tell(.born(child: id), child.handle.descriptor.number)
        } catch {
            tell(
                .failed(
                    child: id,
                    SetupFailure(stage: "fork", code: error.code, detail: error.description)))
        }
    }

    /// The handle of a child just forked. One that cannot be watched is ended and reaped at once.
    private func handle(of process: CInt) throws(SystemError) -> ProcessHandle {
        do {
            return try ProcessHandle(process: process)
        } catch {
            kill(process, SIGKILL)
            Program.wait(for: process)
            throw error
        }
    }

    private func receiveHandover(_ child: ForkedChild) {
        let limits = ChildLimits(zygote.configuration, zygote.memory)
        if case .failure(let failure) = child.receiveHandover(limit: limits.openFiles) {
            tell(.failed(child: child.id, failure))
        }
    }

    /// Takes one held call from the kernel, reports the first one, and ends the child. The call is
    /// never continued.
    private func receiveDeniedCall(_ child: ForkedChild, _ events: Int16) {
        // With POLLHUP alone there is nobody left to be held.
        guard events & Int16(POLLIN) != 0 else { return child.dropListener() }
        var held = clinux_notification()
        // The out parameter is a local variable.
        let result = unsafe clinux_seccomp_receive(child.listenerNumber, &held)
        // ENOENT: the thread died while it was held.
        guard result == 0 else { return }
        let call = DeniedCall(held, of: child.process)
        // The first call is the reason of death; but an abort must not hide another thread's
        // violation behind it.
        if child.observed == nil || (child.observed == .abort && !call.isAbort) {
            child.observed = call.isAbort ? .abort : .violation
            tell(.observed(child: child.id, call))
        }
        try? child.handle.kill()
    }

    private func reap(_ child: ForkedChild) {
        var usage = clinux_usage()
        // As above.
        guard unsafe clinux_wait(child.process, 1, &usage) == 1 else { return }
        child.isReaped = true
        tell(.exited(child: child.id, ChildExit(usage)))
    }

    private func tell(_ message: ZygoteMessage, _ descriptor: CInt? = nil) {
        do throws(SystemError) {
            try control.send(message.encoded(), descriptors: descriptor.map { [$0] } ?? [])
        } catch {
            exit(error.code == EPIPE ? 0 : 1)
        }
    }
}

extension DeniedCall {
    /// - Parameter process: the child's id in the zygote's PID namespace.
    fileprivate init(_ held: clinux_notification, of process: CInt) {
        // Six integers in a C array, imported as a tuple.
        let a = held.arguments
        let arguments = [a.0, a.1, a.2, a.3, a.4, a.5]
        let number = held.number
        // abort(3): the process, the very thread that asks, SIGABRT.
        let isAbort =
            number == clinux_number_tgkill && arguments[0] == UInt64(process)
            && arguments[1] == UInt64(held.pid) && arguments[2] == UInt64(SIGABRT)
        self.init(
            number: number, architecture: held.arch,
            instructionPointer: held.instruction_pointer, arguments: arguments, isAbort: isAbort)
    }
}

extension ChildExit {
    fileprivate init(_ usage: clinux_usage) {
        // As WIFSIGNALED, WTERMSIG and WEXITSTATUS of wait(2) read it.
        let signal = usage.status & 0x7f
        self.init(
            ending: signal == 0 ? .status((usage.status >> 8) & 0xff) : .signal(signal),
            userTime: usage.user_microseconds, systemTime: usage.system_microseconds,
            peakResident: usage.peak_resident_kib, minorFaults: usage.minor_faults,
            majorFaults: usage.major_faults)
    }
}
