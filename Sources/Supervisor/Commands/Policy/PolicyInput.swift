import ArgumentParser
import Glibc
import NIOCore
import SandboxPolicy

/// A policy file that a command line names, read and ready to be compiled. Nothing of it need be fit
/// to be served.
struct PolicyInput {
    let document: PolicyDocument
    /// SHA-256 of the file in lower-case hex.
    let sha256: String

    init(document: PolicyDocument, sha256: String) {
        self.document = document
        self.sha256 = sha256
    }

    /// - Parameter status: What the command ends with when the file cannot be used.
    /// - Throws: the diagnostics of a file that says something else than was read of it.
    init(_ path: String, orEnd status: CommandFailure.Status) throws(CommandFailure) {
        do throws(PolicyError) {
            let bytes = try PolicyReader.bytes(path: path)
            document = try PolicyReader.document(bytes, path: path)
            sha256 = InputDigest.hex(of: ByteBuffer(bytes: bytes))
        } catch {
            throw CommandFailure(status: status, message: error.description)
        }
        let errors = document.diagnostics.filter { $0.severity == .error && $0.isAboutMeaning }
        guard errors.isEmpty else {
            throw CommandFailure(
                status: status, message: PolicyError(diagnostics: errors).description)
        }
    }

    /// The architectures that the file covers.
    var architectures: [SeccompArchitecture] {
        SeccompArchitecture.allCases.filter { document.profile.architectures.contains($0) }
    }

    func program(
        for architecture: SeccompArchitecture, orEnd status: CommandFailure.Status
    ) throws(CommandFailure) -> CompiledFilter {
        do throws(PolicyError) {
            return try PolicyCompiler.compile(
                document.rules(for: architecture), for: architecture, path: document.path)
        } catch {
            throw CommandFailure(status: status, message: error.description)
        }
    }
}

extension PolicyDiagnostic {
    /// Whether a program made in spite of it would be another one than the file says.
    fileprivate var isAboutMeaning: Bool {
        [.unreadable, .structure, .unknownSyscall, .architecture].contains(check)
    }
}

extension SeccompArchitecture {
    /// Reads `x86_64` and `aarch64`, and the names of the OCI runtime specification.
    static func read(_ argument: String) throws -> SeccompArchitecture {
        let match = allCases.first { $0.label == argument || $0.rawValue == argument }
        guard let match else {
            let labels = allCases.map(\.label).joined(separator: " or ")
            throw ValidationError("'\(argument)' is no architecture here. Write \(labels).")
        }
        return match
    }
}

/// How a command on policies prints.
enum PolicyOutput {
    static func print(_ text: String) throws(CommandFailure) {
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }

    /// Characters of a line of a table; nil for programs, which read whole lines.
    static var width: Int? { StandardStreams.outputIsTerminal ? StandardStreams.columns : nil }
}

extension StandardStreams {
    /// The columns of the terminal on standard output, at least 80.
    static var columns: Int { columns(of: STDOUT_FILENO) }

    /// The columns of the terminal behind a descriptor, at least 80.
    static func columns(of descriptor: CInt) -> Int {
        var size = winsize()
        // The structure is filled within the call.
        let status = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        return max(WrappedText.columns, status == 0 ? Int(size.ws_col) : 0)
    }
}

/// Values that JSON of several commands has in common.
extension JSONValue {
    static func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }

    /// `{"action": "SCMP_ACT_ERRNO", "errno": 13}`; trace's number is its `errno`, as in the OCI
    /// runtime specification.
    static func members(of action: SeccompAction) -> [(String, JSONValue)] {
        let number: JSONValue =
            switch action {
            case .errno(let code), .trace(let code): .unsigned(UInt64(code))
            default: .null
            }
        return [("action", .string(action.name)), ("errno", number)]
    }
}
