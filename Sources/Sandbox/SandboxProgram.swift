internal import Glibc
internal import SandboxPolicy
public import WireProtocol

/// What runs in a confined child when its job has arrived.
///
/// The product decodes images. The containment tests put an attacker here, in exactly the position
/// a hijacked decoder would be in.
public protocol Decoding {
    /// - Parameters:
    ///   - job: the child's one job.
    ///   - input: the whole input file.
    ///   - genuine: decodes, transforms, encodes and answers, as the product does.
    static func decode(_ job: JobMessage, input: UnsafeRawBufferPointer, genuine: () -> Void)
}

/// The program `glovebox-sandbox`. The supervisor starts it as a launcher; the launcher enters the
/// namespaces and executes the program again inside them, as the zygote.
public enum SandboxProgram {
    /// Runs the role that the first argument names. Never returns.
    ///
    /// - Parameter decoder: runs in the children instead of the product's decoder.
    public static func main(decoder: (any Decoding.Type)? = nil) -> Never {
        let arguments = CommandLine.arguments
        let posture = arguments.count > 2 ? NamedPosture(rawValue: arguments[2]) : nil
        switch (arguments.dropFirst().first, posture) {
        case (ZygoteStart.role, let posture?):
            Launcher.run(posture)
        case (Zygote.role, let posture?):
            Zygote.run(
                posture, report: arguments.count > 3 ? arguments[3] : "", decoder: decoder)
        default:
            StandardError.write(
                "glovebox-sandbox is started by glovebox and does nothing by itself. "
                    + "Run: glovebox serve --dev\n")
            exit(2)
        }
    }
}

/// Plain writes to descriptor 2, for programs that have no logger.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        // The bytes live for the length of the closure, and write reads no more than `count`.
        text.withUTF8 { bytes in _ = unsafe Glibc.write(2, bytes.baseAddress, bytes.count) }
    }
}
