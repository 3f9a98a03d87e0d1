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
    /// - Parameter posture: whether it ends at a namespace that cannot be had, or does without.
    static func run(_ posture: NamedPosture) -> Never {
        exit(launch(PacketSocket(taking: Descriptor(taking: ZygoteStart.control)), posture))
    }

    /// - Returns: the exit status.
    private static func launch(
        _ control: consuming PacketSocket, _ named: NamedPosture
    ) -> CInt {
        let zygote: CInt
        do throws(SetupFailure) {
            zygote = try startZygote(named)
        } catch {
            try? control.send(ZygoteMessage.failed(child: 0, error).encoded())
            return 1
        }
        // Only the zygote may hold its end of the control socket: the supervisor must see the end
        // of the conversation when it dies.
        _ = consume control
        // All that is left to do is to wait.
        _ = clinux_drop_capabilities()
        Program.wait(for: zygote)
        return 0
    }

    /// - Returns: the process id of the zygote, in this process only.
    private static func startZygote(_ named: NamedPosture) throws(SetupFailure) -> CInt {
        var posture = Posture()
        let launcher = getpid()
        // Zygote and children are the first to go when memory runs out, never the supervisor.
        try? write("1000", to: "/proc/self/oom_score_adj")
        try enterUserNamespace(named, &posture)
        try enterOthers(named, &posture)
        let zygote = fork()
        guard zygote >= 0 else { throw failure(.pidNamespace, SystemError("fork", errno)) }
        if zygote == 0 {
            // Until it holds its own end of the conversation, this process is all that ties it to
            // the supervisor.
            _ = clinux_die_with_parent()
            // In a PID namespace of its own it sees no parent. Without one the number tells whether
            // the launcher died before its death could be asked for.
            if posture[.pidNamespace]?.state != .enforced, getppid() != launcher { _exit(1) }
            throw becomeZygote(named, posture)
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

    private static func enterUserNamespace(
        _ named: NamedPosture, _ posture: inout Posture
    ) throws(SetupFailure) {
        // Some kernels let a process in and refuse the maps then, and there is no way back out: who
        // does without it lets another process find out.
        if named.dispensable.contains(.userNamespace), let code = refusalOfUserNamespace() {
            return posture.set(.userNamespace, .unsupported, detail: UInt32(clamping: code))
        }
        do throws(SystemError) {
            try enterMappedUserNamespace()
        } catch {
            throw failure(.userNamespace, error)
        }
        posture.set(.userNamespace, .enforced)
    }

    private static func enterMappedUserNamespace() throws(SystemError) {
        let uid = geteuid()
        let gid = getegid()
        try SystemError.check("unshare", clinux_unshare(clinux_ns_user))
        // An unprivileged process may map its group only after giving up setgroups
        // (user_namespaces(7), CVE-2014-8989).
        try write("deny", to: "/proc/self/setgroups")
        try write("0 \(uid) 1", to: "/proc/self/uid_map")
        try write("0 \(gid) 1", to: "/proc/self/gid_map")
    }

    /// The errno with which a process that goes the whole way fails, nil where it does not.
    private static func refusalOfUserNamespace() -> CInt? {
        let trial = fork()
        guard trial >= 0 else { return errno }
        if trial == 0 {
            do throws(SystemError) {
                try enterMappedUserNamespace()
                _exit(0)
            } catch {
                _exit(error.code)
            }
        }
        var usage = clinux_usage()
        // The out parameter is a local variable.
        guard unsafe clinux_wait(trial, 0, &usage) == 1 else { return ECHILD }
        // As WEXITSTATUS of wait(2) reads it; every errno fits.
        return usage.status == 0 ? nil : max(1, (usage.status >> 8) & 0xff)
    }

    private static func enterOthers(
        _ named: NamedPosture, _ posture: inout Posture
    ) throws(SetupFailure) {
        for (layer, flag) in others {
            let result = clinux_unshare(flag)
            if result == 0 {
                posture.set(layer, .enforced)
            } else if named.dispensable.contains(layer) {
                posture.set(layer, .unsupported, detail: UInt32(clamping: -result))
            } else {
                throw failure(layer, SystemError("unshare", -result))
            }
        }
    }

    /// Executes the program again, inside. The report of the layers goes along as an argument.
    private static func becomeZygote(_ named: NamedPosture, _ posture: Posture) -> SetupFailure {
        let error = Program.execute(
            descriptor: ZygoteStart.program,
            arguments: [
                "glovebox-sandbox", Zygote.role, named.rawValue, LayerReport.text(posture),
            ])
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
