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
            var sources: [(child: ForkedChild, kind: Source)] = []
            for child in children {
                // Only what is there: poll(2) takes no more entries than descriptors may be open.
                let numbers = [
                    (Source.listener, child.listenerNumber), (.handover, child.handoverNumber),
                    (.handle, child.handle.descriptor.number),
                ]
                for (kind, number) in numbers where number >= 0 {
                    entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
                    sources.append((child, kind))
                }
            }
            // The array outlives the call, which writes nothing but its revents.
            let wait: CInt = children.contains { $0.look?.isOpen == true } ? 1 : -1
            let ready = unsafe poll(&entries, nfds_t(entries.count), wait)
            if ready < 0 && errno != EINTR { exit(1) }
            for child in children { goOnLooking(at: child) }
            if ready <= 0 { continue }
            for (entry, source) in zip(entries.dropFirst(), sources) where entry.revents != 0 {
                switch source.kind {
                // A held call is read before a death is: it is the reason for it.
                case .listener: receiveDeniedCall(source.child, entry.revents)
                case .handover: receiveHandover(source.child)
                case .handle: reap(source.child)
                }
            }
            children.removeAll { $0.isReaped }
            if entries[0].revents != 0 { obey() }
        }
    }

    /// What a child is watched by, in the order in which it is looked at.
    private enum Source {
        case listener, handover, handle
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
        guard children.count < Self.most else {
            tell(.failed(child: id, SetupFailure(stage: "fork", code: EAGAIN)))
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
            let handle = try announce(id, process)
            children.append(
                ForkedChild(id: id, process: process, handle: handle, handover: pair.one))
        } catch {
            tell(
                .failed(
                    child: id,
                    SetupFailure(stage: "fork", code: error.code, detail: error.description)))
        }
    }

    /// Tells of a child just forked. One that cannot be watched, or not by the supervisor, is ended
    /// and reaped at once.
    private func announce(_ id: UInt64, _ process: CInt) throws(SystemError) -> ProcessHandle {
        do throws(SystemError) {
            let handle = try ProcessHandle(process: process)
            try control.send(
                ZygoteMessage.born(child: id).encoded(), descriptors: [handle.descriptor.number])
            return handle
        } catch {
            kill(process, SIGKILL)
            Program.wait(for: process)
            throw error
        }
    }

    /// Children at one time. Each takes three descriptors here, a new one nine for a moment; without
    /// them not even the request for it could be read.
    private static let most: Int = {
        var limit = rlimit()
        // The out parameter is a local variable.
        let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard result == 0 else { return 64 }
        return max(1, (Int(clamping: limit.rlim_cur) - 32) / 3)
    }()

    private func receiveHandover(_ child: ForkedChild) {
        let limits = ChildLimits(zygote.configuration, zygote.memory)
        if case .failure(let failure) = child.receiveHandover(limit: limits.openFiles) {
            tell(.failed(child: child.id, failure))
        }
    }

    /// Takes one held call from the kernel, reports the first one, looks at the thread that made it,
    /// and ends the child. The call is never continued, but where the configuration asks for a
    /// recording.
    private func receiveDeniedCall(_ child: ForkedChild, _ events: Int16) {
        // With POLLHUP alone there is nobody left to be held.
        guard events & Int16(POLLIN) != 0 else { return child.dropListener() }
        var held = clinux_notification()
        // The out parameter is a local variable.
        let result = unsafe clinux_seccomp_receive(child.listenerNumber, &held)
        // ENOENT: the thread died while it was held.
        guard result == 0 else { return }
        let call = DeniedCall(held, of: child.process)
        if let recording = zygote.configuration.recording,
            record(call, held.id, of: child, by: recording)
        {
            return
        }
        // The first call is the reason of death; but an abort must not hide another thread's
        // violation behind it.
        if child.observed == nil || (child.observed == .abort && !call.isAbort) {
            child.observed = call.isAbort ? .abort : .violation
            tell(.observed(child: child.id, call))
        }
        guard child.look == nil else {
            // The thread that was held first is being looked at, and the child dies with that.
            if child.look?.isPending == false { try? child.handle.kill() }
            return
        }
        let (look, failure) = HeldLook.begin(thread: CInt(held.pid), of: child.process) {
            clinux_seccomp_is_held(child.listenerNumber, held.id) == 1
        }
        child.look = look
        if let failure { return end(child, failure) }
        // A thread that waits in the kernel stops in no time, mostly. Where others have the
        // processor instead, each turn may take them milliseconds.
        while let look = child.look, look.isPending, look.isFresh {
            sched_yield()
            goOnLooking(at: child)
        }
    }

    private func goOnLooking(at child: ForkedChild) {
        guard let snapshot = child.look?.step() else { return }
        end(child, snapshot)
    }

    /// Tells what was seen of a child, and kills it.
    private func end(_ child: ForkedChild, _ snapshot: Snapshot) {
        try? child.handle.kill()
        tell(.snapshot(child: child.id, snapshot))
    }

    /// - Returns: whether the child goes on.
    private func record(
        _ call: DeniedCall, _ id: UInt64, of child: ForkedChild, by recording: CallRecording
    ) -> Bool {
        let code: CInt
        switch recording.replies[call.number] ?? .proceed {
        case .stop: return false
        case .proceed: code = 0
        case .answer(let errno): code = CInt(errno)
        }
        // An abort says itself, by the signal that ends the child.
        if !call.isAbort, child.recorded < recording.most {
            child.recorded += 1
            tell(.recorded(child: child.id, call))
        }
        let result = clinux_seccomp_reply(child.listenerNumber, id, code)
        // The thread is gone, or the kernel cannot let a call go on: then it is denied.
        return result == 0 || result == -ENOENT
    }

    private func reap(_ child: ForkedChild) {
        var usage = clinux_usage()
        // As above.
        guard unsafe clinux_wait(child.process, 1, &usage) == 1 else { return }
        child.isReaped = true
        tell(.exited(child: child.id, ChildExit(usage)))
    }

    /// Waits while the socket is full. The supervisor reads it on a thread that does nothing else,
    /// and never waits for room in the other direction, so that neither waits for the other.
    private func tell(_ message: ZygoteMessage) {
        do throws(SystemError) {
            try control.send(message.encoded())
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
