import SandboxPolicy
import WireProtocol

/// Why no children can be had, in sentences for the operator who started the service.
enum StartFailure: Error, Sendable {
    /// The sandbox program could not be opened or started.
    case program(String)
    /// The folder with libvips could not be opened.
    case libraries(String)
    /// The policy cannot be served.
    case policy(PolicyError)
    /// A step of the zygote's or the first child's setting up failed.
    case setup(SetupFailure)
    /// Layers that the policy requires are not in force.
    case missing([Layer], Posture)
    /// Nothing came in time, or the zygote died; with what it had printed.
    case noAnswer(String)
    /// Children die before they are confined, in this way.
    case child(String)

    /// Whether the machine cannot give what the policy requires (exit code 3).
    var isPostureNotMet: Bool { !lackingLayers.isEmpty }
}

extension StartFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .program(let what):
            "The program glovebox-sandbox cannot be started: \(what). Build it beside glovebox, or "
                + "name it with --sandbox."
        case .libraries(let what):
            "The folder with libvips cannot be opened: \(what). Name it with --vips, or write "
                + "--vips system for the system's."
        case .policy(let error):
            error.description
        case .setup(let failure):
            "The sandbox cannot be set up: the step '\(failure.stage)' failed"
                + (failure.detail.isEmpty ? "." : " (\(failure.detail)).")
        case .missing(let layers, _):
            "The policy requires what this machine does not give: "
                + layers.map(\.rawValue).joined(separator: ", ") + "."
        case .noAnswer(let printed):
            "The sandbox did not answer"
                + (printed.isEmpty ? "." : "; it printed: \(printed)")
                + " Run 'glovebox doctor' to see what is missing."
        case .child(let ending):
            "A child died before it was ready: \(ending). The log has more, in the lines 'child "
                + "ended'."
        }
    }
}
