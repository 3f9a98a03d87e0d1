import CLinux
import Descriptors
import Glibc
import ImageVocabulary
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// What a zygote says, with its descriptors in shared ownership.
enum ZygoteEvent: Sendable {
    case hello(ZygoteHello)
    case born(child: UInt64, SharedProcess)
    case observed(child: UInt64, DeniedCall)
    case recorded(child: UInt64, DeniedCall)
    case snapshot(child: UInt64, Snapshot)
    case exited(child: UInt64, ChildExit)
    case pong(UInt64)
    case failed(child: UInt64, SetupFailure)
    /// The control socket has ended: the zygote is dead, and every child with it. With what the
    /// launcher exited with; nil when a signal ended it.
    case gone(CInt?)
}

/// A process handle that several owners may send a kill through.
final class SharedProcess: Sendable {
    private let handle: ProcessHandle

    init(_ handle: consuming ProcessHandle) { self.handle = handle }

    /// SIGKILL. A process that has ended already is no error, and no other error can follow for a
    /// process of our own user.
    func kill() { try? handle.kill() }

    /// For a process that was killed and whose parent may have died before it. It is ours then where
    /// this process is the first one of a container, and nobody else would take it away.
    func reap() { handle.reap() }
}

/// What every zygote is started from, opened once while the supervisor could still reach it.
final class ZygoteFiles: Sendable {
    /// `glovebox-sandbox`, open, so that it is started also where an unprivileged user could not
    /// reach its path.
    private let program: Descriptor
    /// The folder with the chosen libvips; without one the system's library serves.
    private let libraries: Descriptor?
    /// The path of that folder, for messages.
    let folder: String?
    /// What the folder's libvips was found to lack; it is not tried again for that.
    private let lacks = Mutex<[LibraryLack]>([])
    /// What children of each policy can write, by its zygote's word.
    private let written = Mutex<[String: [ImageFormat]]>([:])
    /// Whether the launcher ends at a namespace that cannot be had.
    let posture: NamedPosture

    init(
        program: consuming Descriptor, libraries: consuming Descriptor?, folder: String?,
        posture: NamedPosture
    ) {
        self.program = program
        self.libraries = libraries
        self.folder = folder
        self.posture = posture
    }

    /// Whose libvips a policy with these formats gets.
    func source(for formats: [ImageFormat]) -> LibrarySource {
        guard let folder, lack(of: formats) == nil else { return .system }
        return .folder(folder)
    }

    /// Why a policy with these formats does without the folder; nil where it does not.
    func lack(of formats: [ImageFormat]) -> LibraryLack? {
        lacks.withLock { $0.first { !Set($0.formats).isDisjoint(with: formats) } }
    }

    /// Remembers what the folder's libvips lacks.
    func note(_ lack: LibraryLack) { lacks.withLock { $0.append(lack) } }

    /// The formats that children of a policy can write; nil before its first zygote has said so.
    func writes(of policy: String) -> [ImageFormat]? { written.withLock { $0[policy] } }

    func note(writes formats: [ImageFormat], of policy: String) {
        written.withLock { $0[policy] = formats }
    }

    fileprivate var programNumber: CInt { program.number }

    /// The number of the libraries' folder, −1 for the system's.
    fileprivate func number(of source: LibrarySource) -> CInt {
        guard source != .system else { return -1 }
        return switch libraries {
        case .some(let libraries): libraries.number
        case .none: -1
        }
    }
}

/// One running zygote: the control socket to it, and the thread that reads what it says.
final class ZygoteProcess: Sendable {
    private let control: PacketSocket
    private let launcher: CInt
    /// Ends the zygote too, which dies with the launcher, also when it never said `hello`.
    private let launcherHandle: SharedProcess
    private let reader = NIOThreadPool(numberOfThreads: 1)
    /// Set by the reader when `hello` brings it.
    private let itself = Mutex<SharedProcess?>(nil)

    /// What the dynamic linker exits with when a library of a program is not there (glibc's
    /// `_dl_fatal_printf`).
    static let notLoaded: CInt = 127

    /// Starts the program and sends it its configuration.
    ///
    /// - Parameters:
    ///   - source: whose libvips it loads.
    ///   - log: where the zygote's own standard output and error go.
    ///   - handler: called for every event, on the zygote's reader thread, in order; the last one is
    ///     ``ZygoteEvent/gone``.
    init(
        _ files: ZygoteFiles, _ source: LibrarySource, _ configuration: ZygoteConfiguration,
        log: borrowing Descriptor,
        handler: @escaping @Sendable (ZygoteEvent) -> Void
    ) throws(SystemError) {
        let pair = try PacketSocket.Pair()
        // glibc sizes thread stacks by this limit at exec, and `unlimited` changes the layout of
        // the address space.
        let stack: UInt64 = 8 << 20
        let number = CInt(ResourceLimit.Kind.stack.rawValue)
        try SystemError.check("setrlimit", clinux_set_limit(number, stack, stack))
        let libraries = files.number(of: source)
        launcher = try Program.spawn(
            path: "/proc/self/fd/\(ZygoteStart.program)",
            arguments: ["glovebox-sandbox", ZygoteStart.role, files.posture.rawValue],
            environment: Self.environment(hasLibraries: libraries >= 0),
            descriptors: [
                -1, log.number, log.number, pair.other.descriptor.number, files.programNumber,
                libraries,
            ])
        launcherHandle = SharedProcess(try ProcessHandle(process: launcher))
        control = pair.one
        // A launcher that is gone already is found by the reader.
        try? control.send(SupervisorMessage.configure(configuration).encoded())
        reader.start()
        reader.submit { [self] state in
            if case .active = state { read(handler) }
        }
    }

    /// Composed, not inherited: nothing of the supervisor's environment, where secrets may stand,
    /// reaches a process that decodes images.
    private static func environment(hasLibraries: Bool) -> [String] {
        // The backtracer would fork and execute a program in a child that may do neither. What the
        // dynamic linker binds at first use (ld.so(8)) each child would bind again: 2 ms once instead.
        let common = [
            "SWIFT_BACKTRACE=enable=no", "PATH=/nonexistent", "HOME=/nonexistent",
            "LD_BIND_NOW=1",
        ]
        return hasLibraries
            ? common + ["LD_LIBRARY_PATH=/proc/self/fd/\(ZygoteStart.libraries)"] : common
    }

    /// Asks for a child that gets these four descriptors, which stay the caller's.
    ///
    /// - Throws: EAGAIN when the zygote has not read for so long that the socket is full.
    func spawn(
        child: UInt64, job: CInt, errors: CInt, input: CInt, result: CInt
    ) throws(SystemError) {
        try control.send(
            SupervisorMessage.spawn(child: child).encoded(),
            descriptors: [job, errors, input, result], waiting: false)
    }

    /// Asks for a `pong` with this number.
    ///
    /// - Throws: EAGAIN as ``spawn(child:job:errors:input:result:)`` does.
    func ping(_ number: UInt64) throws(SystemError) {
        try control.send(SupervisorMessage.ping(number).encoded(), waiting: false)
    }

    /// Ends the zygote and with it, as PID 1 of its namespace, all its children.
    func kill() {
        itself.withLock { $0 }?.kill()
        launcherHandle.kill()
        _ = shutdown(control.descriptor.number, Int32(SHUT_RDWR))
    }

    private func read(_ handler: @Sendable (ZygoteEvent) -> Void) {
        // The greeting is by far the longest word, and nothing comes before it but a failure.
        var longest = FrameKind.hello
        while let event = receive(Frame.headerSize + longest.largestPayload) {
            handler(event)
            longest = .snapshot
        }
        itself.withLock { $0 }?.kill()
        launcherHandle.kill()
        let status = Program.wait(for: launcher)
        itself.withLock { $0 }?.reap()
        handler(.gone(status))
        reader.shutdownGracefully { _ in }
    }

    /// nil when the conversation has ended, or is none.
    private func receive(_ capacity: Int) -> ZygoteEvent? {
        do {
            var packet = try control.receive(atMost: capacity, waiting: true)
            guard !packet.bytes.isEmpty else { return nil }
            switch try ZygoteMessage(packet: packet.bytes.span) {
            case .hello(let hello):
                guard let handle = packet.descriptors.takeFirst() else { return nil }
                let process = SharedProcess(ProcessHandle(taking: handle))
                itself.withLock { $0 = process }
                return .hello(hello)
            case .born(let child):
                guard let handle = packet.descriptors.takeFirst() else { return nil }
                return .born(child: child, SharedProcess(ProcessHandle(taking: handle)))
            case .observed(let child, let call): return .observed(child: child, call)
            case .recorded(let child, let call): return .recorded(child: child, call)
            case .snapshot(let child, let snapshot):
                return .snapshot(child: child, snapshot)
            case .exited(let child, let exit): return .exited(child: child, exit)
            case .pong(let number): return .pong(number)
            case .failed(let child, let failure): return .failed(child: child, failure)
            }
        } catch {
            return nil
        }
    }
}
