internal import CLinux
internal import Descriptors
internal import Glibc
internal import SandboxPolicy
internal import WireProtocol

/// The process between the supervisor and the zygote: it enters the namespaces, forks PID 1 of the
/// new PID namespace, and waits for it.
///
/// A process cannot enter a PID namespace itself, only its children are born in it
/// (pid_namespaces(7)); and PID 1 executes the program again, so that its memory belongs to its own
/// user namespace.
enum Launcher {
    static func run() -> Never {
        exit(launch(PacketSocket(taking: Descriptor(taking: ZygoteStart.control))))
    }

    /// - Returns: the exit status.
    private static func launch(_ control: consuming PacketSocket) -> CInt {
        let zygote: CInt
        do throws(SetupFailure) {
            zygote = try startZygote()
        } catch {
            try? control.send(ZygoteMessage.failed(child: 0, error).encoded())
            return 1
        }
        // Only the zygote may hold its end of the control socket: the supervisor must see the end
        // of the conversation when it dies.
        _ = consume control
        Program.wait(for: zygote)
        return 0
    }

    /// - Returns: the process id of the zygote, in this process only.
    private static func startZygote() throws(SetupFailure) -> CInt {
        var posture = Posture()
        // Zygote and children are the first to go when memory runs out, never the supervisor.
        try? write("1000", to: "/proc/self/oom_score_adj")
        try enterUserNamespace(&posture)
        try enterOthers(&posture)
        let zygote = fork()
        guard zygote >= 0 else { throw failure(.pidNamespace, SystemError("fork", errno)) }
        if zygote == 0 {
            // Until it holds its own end of the conversation, this process is all that ties it to
            // the supervisor.
            _ = clinux_die_with_parent()
            throw becomeZygote(posture)
        }
        return zygote
    }

    /// The namespaces beside the user namespace, which comes first because it gives an ordinary
    /// user the right to enter the rest.
    private static let others: [(Layer, CInt)] = [
        (.pidNamespace, clinux_ns_pid), (.networkNamespace, clinux_ns_net),
        (.mountNamespace, clinux_ns_mount), (.ipcNamespace, clinux_ns_ipc),
        (.utsNamespace, clinux_ns_uts), (.cgroupNamespace, clinux_ns_cgroup),
    ]

    private static func enterUserNamespace(_ posture: inout Posture) throws(SetupFailure) {
        let uid = geteuid()
        let gid = getegid()
        do throws(SystemError) {
            try SystemError.check("unshare", clinux_unshare(clinux_ns_user))
            // An unprivileged process may map its group only after giving up setgroups
            // (user_namespaces(7), CVE-2014-8989).
            try write("deny", to: "/proc/self/setgroups")
            try write("0 \(uid) 1", to: "/proc/self/uid_map")
            try write("0 \(gid) 1", to: "/proc/self/gid_map")
        } catch {
            throw failure(.userNamespace, error)
        }
        posture.set(.userNamespace, .enforced)
    }

    private static func enterOthers(_ posture: inout Posture) throws(SetupFailure) {
        for (layer, flag) in others {
            let result = clinux_unshare(flag)
            guard result == 0 else { throw failure(layer, SystemError("unshare", -result)) }
            posture.set(layer, .enforced)
        }
    }

    /// Executes the program again, inside. The report of the layers goes along as an argument.
    private static func becomeZygote(_ posture: Posture) -> SetupFailure {
        let error = Program.execute(
            descriptor: ZygoteStart.program,
            arguments: ["glovebox-sandbox", Zygote.role, LayerReport.text(posture)])
        return failure(.pidNamespace, error)
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        // Both texts live for the length of the call.
        try SystemError.check(path, unsafe clinux_write_file(path, text))
    }

    private static func failure(_ layer: Layer, _ error: SystemError) -> SetupFailure {
        SetupFailure(stage: layer.rawValue, code: error.code, detail: error.description)
    }
}

/// The layers a launcher entered, as one argument of the zygote: `layer:state:detail`, with commas.
enum LayerReport {
    static func text(_ posture: Posture) -> String {
        posture.entries.map { "\($0.layer.code):\($0.state.rawValue):\($0.detail)" }
            .joined(separator: ",")
    }

    /// nil when the text is not one that ``text(_:)`` makes.
    static func posture(_ text: String) -> Posture? {
        var posture = Posture()
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: ":")
            guard parts.count == 3, let code = UInt8(parts[0]), let layer = Layer(code: code),
                let raw = UInt8(parts[1]), let state = LayerState(rawValue: raw),
                let detail = UInt32(parts[2])
            else { return nil }
            posture.set(layer, state, detail: detail)
        }
        return posture
    }
}
