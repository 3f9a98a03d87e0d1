internal import CLinux
internal import Glibc

/// A process by its pidfd (pidfd_open(2)): a signal sent here reaches that process or nobody, never
/// another one that was given the same number later.
public struct ProcessHandle: ~Copyable, Sendable {
    /// The pidfd, readable when the process has ended.
    public let descriptor: Descriptor

    /// Takes over an open pidfd.
    public init(taking descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// A handle for a process of this PID namespace: itself, or a child that is not yet reaped.
    public init(process id: CInt) throws(SystemError) {
        descriptor = try Descriptor("pidfd_open", clinux_pidfd_open(id))
    }

    /// Ends the process with SIGKILL. One that has ended already is no error.
    public borrowing func kill() throws(SystemError) {
        let result = clinux_pidfd_signal(descriptor.number, SIGKILL)
        guard result == 0 || result == -ESRCH else { throw SystemError("kill", -result) }
    }

    /// Waits for the end of the process and reaps it, where it is a child of this process and nobody
    /// has reaped it. Returns at once where it is not.
    public borrowing func reap() { _ = clinux_reap(descriptor.number) }
}
