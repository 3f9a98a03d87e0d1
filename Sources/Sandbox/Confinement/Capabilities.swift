internal import CLinux
internal import Descriptors
internal import Glibc
internal import SandboxPolicy
internal import WireProtocol

/// The rights of root, which a process inside a user namespace of its own has all of.
enum Capabilities {
    /// Gives them up, with the ways to get them back. Locking securebits and dropping the
    /// bounding set need one of them, CAP_SETPCAP, so the capabilities themselves go last.
    ///
    /// - Parameter tracing: whether CAP_SYS_PTRACE stays, of which nothing outside the user namespace
    ///   sees anything. With it a zygote can look at a child that is not dumpable (ptrace(2)).
    static func giveUp(
        under posture: NamedPosture, tracing: Bool = false
    ) throws(SetupFailure) {
        try check("securebits", clinux_lock_securebits(), posture)
        try check("bounding set", clinux_drop_bounding_set(), posture)
        try check(
            "capset", tracing ? clinux_keep_tracing() : clinux_drop_capabilities(), .strict)
        let isDone =
            tracing ? clinux_capabilities_are_tracing() : clinux_capabilities_are_empty()
        guard isDone == 1 else { throw failure("capget", EPERM) }
    }

    /// Without a user namespace nobody gives CAP_SETPCAP to an ordinary user. Nothing is lost:
    /// no_new_privs alone keeps an exec from bringing capabilities back.
    private static func check(
        _ call: String, _ result: CInt, _ posture: NamedPosture
    ) throws(SetupFailure) {
        guard result < 0, !(posture == .container && result == -EPERM) else { return }
        throw failure(call, -result)
    }

    private static func failure(_ call: String, _ code: CInt) -> SetupFailure {
        SetupFailure(
            stage: Layer.capabilities.rawValue, code: code,
            detail: SystemError(call, code).description)
    }
}
