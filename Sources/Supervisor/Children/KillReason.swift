extension ChildLife {
    /// Why the supervisor sent SIGKILL, when it did.
    enum KillReason: Equatable, Sendable {
        /// The job's deadline passed.
        case deadline
        /// The client went away.
        case abandoned
        /// What the child said is no conversation.
        case protocolError(String)
        /// More encoded bytes than the job allows, or more text than anybody reads.
        case output
        /// It was not ready in time.
        case setup
        /// Its result pipe had ended, or its answer was complete, and it went on.
        case lingered
        /// It is not needed any more: nothing is wrong with the child.
        case dismissed

        /// The name in records.
        var name: String {
            switch self {
            case .deadline: "deadline"
            case .abandoned: "abandoned"
            case .protocolError: "protocol"
            case .output: "output"
            case .setup: "setup"
            case .lingered: "lingered"
            case .dismissed: "dismissed"
            }
        }

        var isAboutItsWords: Bool {
            switch self {
            case .protocolError, .output: true
            case .deadline, .abandoned, .setup, .lingered, .dismissed: false
            }
        }
    }
}
