/// Why a command ends without having done what it was asked, as a sentence for standard error.
struct CommandFailure: Error, Equatable, Sendable {
    /// Exit codes that scripts rely on.
    enum Status: Int32, Sendable {
        /// Refused or failed.
        case failed = 1
        /// The command line, or a variable that stands for an option, cannot be used.
        case usage = 2
        /// A layer that is required is not in force.
        case postureNotMet = 3
    }

    let status: Status
    /// Empty when everything was said already.
    let message: String

    static func failed(_ message: String) -> CommandFailure {
        CommandFailure(status: .failed, message: message)
    }

    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(status: .usage, message: message)
    }

    init(status: Status, message: String) {
        self.status = status
        self.message = message
    }

    /// - Parameter isDoctor: whether every layer has been shown already.
    init(_ failure: StartFailure, isDoctor: Bool = false) {
        if case .configuration(let error) = failure {
            self.init(error)
            return
        }
        let text = StartRefusal(failure: failure, machine: .probe()).text
        let isIncomplete = failure.isPostureNotMet && !isDoctor
        self.init(
            status: failure.isPostureNotMet ? .postureNotMet : .failed,
            message: text + (isIncomplete ? "\n'glovebox doctor' shows every layer." : ""))
    }
}
