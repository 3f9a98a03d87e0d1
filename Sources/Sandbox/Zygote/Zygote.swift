internal import CLinux
internal import Descriptors
internal import Glibc
internal import SandboxPolicy
internal import WireProtocol

/// PID 1 of the namespaces: loads the libraries, gives up the file system, and from then on forks a
/// child for each `spawn`, watches it and reaps it. It never sees a byte of an image.
///
/// It has one thread from its first instruction to its last, and waits nowhere but in poll(2).
enum Zygote {
    static let role = "zygote"

    /// - Parameter report: the layers that the launcher has entered.
    static func run(
        _ posture: NamedPosture, report: String, decoder: (any Decoding.Type)?
    ) -> Never {
        guard let entered = LayerReport.posture(report),
            getpid() == 1 || posture.lost(in: entered).contains(.pidNamespace)
        else {
            StandardError.write("glovebox-sandbox: a zygote is started by its launcher only.\n")
            exit(2)
        }
        let control = PacketSocket(taking: Descriptor(taking: ZygoteStart.control))
        exit(serve(control, posture, entered: entered, decoder: decoder))
    }

    /// - Returns: the exit status.
    private static func serve(
        _ control: consuming PacketSocket, _ posture: NamedPosture, entered: Posture,
        decoder: (any Decoding.Type)?
    ) -> CInt {
        do throws(SetupFailure) {
            let zygote = try PreparedZygote.prepare(control, posture, entered: entered)
            var loop = ZygoteLoop(control: control, zygote: zygote, decoder: decoder)
            return loop.run()
        } catch {
            try? control.send(ZygoteMessage.failed(child: 0, error).encoded())
            return 1
        }
    }
}

/// A zygote that can fork: what its children are made from.
struct PreparedZygote: ~Copyable {
    let configuration: ZygoteConfiguration
    let libraries: ImageLibraries
    /// `/proc/self/task`, opened while there was a /proc. Its link count is 2 plus the threads.
    let tasks: Descriptor
    let memory: RestingMemory
    let named: NamedPosture
    /// Its process id where no PID namespace ends its children with it; nil where one does.
    let process: CInt?

    /// Bytes of heap that children find laid out: what the pixels of most images take.
    private static let heapReserve: UInt64 = 64 << 20

    /// What the process occupies when everything is loaded.
    struct RestingMemory {
        var addressSpace: UInt64
        var data: UInt64
    }

    /// The order matters: the configuration names what to load, the libraries need the file system,
    /// fonts are looked for in the file system that takes its place, and the sizes are taken when
    /// everything is loaded.
    static func prepare(
        _ control: borrowing PacketSocket, _ named: NamedPosture, entered: Posture
    ) throws(SetupFailure) -> PreparedZygote {
        let configuration = try Self.receiveConfiguration(control)
        let tasks = try Self.open("/proc/self/task")
        let sizes = try Self.open("/proc/self/statm")

        let libraries: ImageLibraries
        do throws(LibraryFailure) {
            libraries = try ImageLibraries.load(formats: configuration.formats)
        } catch {
            throw SetupFailure(
                stage: SetupFailure.librariesStage, code: 0, detail: error.text,
                unreadable: error.formats)
        }
        // What children use most of all that is loaded. The address is only compared.
        try Self.step("code", unsafe clinux_huge_code(ImageLibraries.somewhere))
        // Nothing of the environment is needed any more, and children inherit none of it.
        clearenv()
        // The program and the libraries' folder are ways back into the file system.
        _ = clinux_close_range(
            UInt32(ZygoteStart.program), UInt32(ZygoteStart.libraries))

        let posture = try Self.leaveHost(named, entered, for: configuration.root)
        try Self.requireWall(around: configuration.root, posture)
        let fonts = configuration.root == .documents ? InstalledFonts.find() : nil
        let isFirst = posture[.pidNamespace]?.state == .enforced
        if !isFirst { try Self.step("orphans", clinux_adopt_orphans()) }

        var addressSpace: UInt64 = 0
        var data: UInt64 = 0
        // Both out parameters are local variables.
        let read = unsafe clinux_memory_in_use(sizes.number, &addressSpace, &data)
        try Self.step("resting memory", read)
        let zygote = PreparedZygote(
            configuration: configuration, libraries: libraries, tasks: tasks,
            memory: RestingMemory(addressSpace: addressSpace, data: data),
            named: named, process: isFirst ? nil : getpid())
        guard zygote.isSingleThreaded else {
            throw SetupFailure(stage: "threads", code: 0, detail: "a library has started a thread")
        }

        // Nothing outside may attach to it, nothing it could still execute would gain a right.
        try Self.step(Layer.notDumpable.rawValue, clinux_not_dumpable())
        try Self.step(Layer.noNewPrivileges.rawValue, clinux_no_new_privileges())
        // To fork, signal and reap processes of its own user it needs no right of root. To look at a
        // child whose call the kernel holds it needs one, which is worth nothing outside its own
        // user namespace; children give it up too.
        try Capabilities.giveUp(
            under: named, tracing: posture[.userNamespace]?.state == .enforced)
        clinux_note_code()

        let hello = ZygoteHello(
            posture: posture, libvips: zygote.libraries.vipsVersion,
            libmagic: UInt32(zygote.libraries.magicVersion), restingData: data,
            restingAddressSpace: addressSpace, fonts: fonts,
            writes: zygote.libraries.writes, libraries: LoadedLibraries.find())
        do throws(SystemError) {
            let itself = try ProcessHandle(process: getpid())
            try control.send(
                ZygoteMessage.hello(hello).encoded(), descriptors: [itself.descriptor.number])
        } catch {
            throw SetupFailure(stage: "hello", code: error.code, detail: error.description)
        }
        // Last, so that the zygote's own words lie before it; and after the sizes were taken: a child's
        // limits count what it finds laid out here as its own.
        let reserve = min(Self.heapReserve, zygote.configuration.memoryBudget / 2)
        try Self.step("heap", clinux_prepare_heap(Int(reserve)))
        return zygote
    }

    /// Gives up the host's name and file system, as far as the namespaces for it were entered.
    private static func leaveHost(
        _ named: NamedPosture, _ entered: Posture, for root: SandboxRoot
    ) throws(SetupFailure) -> Posture {
        var posture = entered
        if posture[.utsNamespace]?.state == .enforced {
            // The name is a constant.
            try step("host name", unsafe clinux_set_host_name("glovebox"))
        }
        guard posture[.mountNamespace]?.state == .enforced else {
            let code = posture[.mountNamespace]?.detail ?? 0
            posture.set(.emptyRoot, .unsupported, detail: code)
            return posture
        }
        do throws(SystemError) {
            let folders = try SealedRoot.enter(root)
            posture.set(.emptyRoot, .enforced, detail: UInt32(folders))
        } catch {
            guard named.dispensable.contains(.emptyRoot) else {
                throw SetupFailure(
                    stage: Layer.emptyRoot.rawValue, code: error.code, detail: error.description)
            }
            posture.set(.emptyRoot, .unsupported, detail: UInt32(clamping: error.code))
        }
        return posture
    }

    /// Children that may open files are held by their root or, where the posture does without, by
    /// Landlock. With neither, a decoder taken over could read all that the account may.
    private static func requireWall(
        around root: SandboxRoot, _ posture: Posture
    ) throws(SetupFailure) {
        guard !root.folders.isEmpty, posture[.emptyRoot]?.state != .enforced else { return }
        let abi = clinux_landlock_abi()
        guard abi <= 0 else { return }
        throw SetupFailure(
            stage: "files", code: -abi,
            detail: "children of this policy open files, and here neither a root of their own nor "
                + "Landlock keeps them to those they need; leave its formats out, or give the "
                + "service namespaces")
    }

    /// Whether this process has exactly one thread, which fork(2) needs: a lock that another thread
    /// holds at that moment would stay locked in the child for good.
    var isSingleThreaded: Bool { (try? tasks.linkCount()) == 3 }

    private static func receiveConfiguration(
        _ control: borrowing PacketSocket
    ) throws(SetupFailure) -> ZygoteConfiguration {
        do {
            let capacity = Frame.headerSize + FrameKind.configure.largestPayload
            let packet = try control.receive(atMost: capacity, waiting: true)
            if case .configure(let it) = try SupervisorMessage(packet: packet.bytes.span) {
                return it
            }
        } catch {
            throw SetupFailure(stage: "configuration", code: 0, detail: "\(error)")
        }
        throw SetupFailure(stage: "configuration", code: 0, detail: "another message came first")
    }

    private static func open(_ path: String) throws(SetupFailure) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, as: .file)
        } catch {
            throw SetupFailure(stage: path, code: error.code, detail: error.description)
        }
    }

    private static func step(_ name: String, _ result: CInt) throws(SetupFailure) {
        guard result < 0 else { return }
        throw SetupFailure(
            stage: name, code: -result, detail: SystemError(name, -result).description)
    }
}
