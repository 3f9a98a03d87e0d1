/// How the supervisor starts the sandbox program. Descriptors 0 to 2 are `/dev/null` and the pipe
/// that its own messages go to.
public enum ZygoteStart {
    /// The first argument; the second is the name of the posture.
    public static let role = "launch"
    /// The control socket.
    public static let control: CInt = 3
    /// The program itself, open, so that it can be executed where its path cannot be reached.
    public static let program: CInt = 4
    /// The folder with the chosen libvips; `/dev/null` for the system's.
    public static let libraries: CInt = 5
}
