import ImageVocabulary
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
    /// Formats that are enabled can be read by no libvips here.
    case formats(FormatShortage)
    /// The configuration and the policies do not go together.
    case configuration(ConfigurationError)
    /// A step of the zygote's or the first child's setting up failed.
    case setup(SetupFailure)
    /// Layers that the policy requires are not in force.
    case missing([Layer], Posture)
    /// Nothing came in time, or the zygote died; with what it had printed.
    case noAnswer(String)
    /// Children die before they are confined, in this way.
    case child(String)
    /// Children do not do with an image of this format what they should, in this way.
    case canary(ImageFormat, String)

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
        case .formats(let shortage):
            shortage.description
        case .configuration(let error):
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
        case .canary(let format, let what):
            "A canary in \(format.name) \(what)."
        }
    }
}

extension FormatShortage: CustomStringConvertible {
    var description: String {
        let names = Self.list(formats)
        var libraries = "the system's \(systemLack)"
        if let folder, let folderLack {
            libraries =
                "the one in \(folder) \(folderLack), and " + libraries
        }
        let rest = ImageFormat.allCases
            .filter { others.contains($0) && !formats.contains($0) }.map(\.name).joined(
                separator: ",")
        let setting =
            rest.isEmpty
            ? "name other formats in GLOVEBOX_FORMATS"
            : "leave the format\(formats.count == 1 ? "" : "s") out with GLOVEBOX_FORMATS=\(rest)"
        return "No libvips here can read \(names): \(libraries). Install the package libvips42, "
            + "or \(setting)."
    }

    private static func list(_ formats: [ImageFormat]) -> String {
        let names = formats.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
