import NIOCore
import SandboxPolicy

/// A policy file as it was read: what every tool works on. It need not be fit to be served.
struct PolicyDocument: Sendable {
    /// The file that says what this one leaves open.
    struct Base: Equatable, Sendable {
        let path: String
        /// SHA-256 of the file in lower-case hex.
        let sha256: String

        init(path: String, bytes: [UInt8]) {
            self.path = path
            sha256 = InputDigest.hex(of: ByteBuffer(bytes: bytes))
        }
    }

    /// A place in one of the files that a document is made of.
    struct Place: Equatable, Sendable {
        let file: String
        let position: SourcePosition
    }

    /// The file's name without its extension.
    let name: String
    /// The path it was read from, as it was given.
    let path: String
    /// nil where it has none, or where that one cannot be read.
    let base: Base?
    /// The seccomp part, that of its base included.
    let profile: SeccompProfile
    /// What stands under `x-glovebox`; nil for a bare profile.
    let glovebox: GloveboxSection?
    let resourceLimits: [ResourceLimit]
    /// What reading it found, in the order of the file. One error makes the file unfit.
    let diagnostics: [PolicyDiagnostic]
    /// Where the files have keys such as `x-glovebox.limits.memory`, the last one an rlimit's type
    /// in `process.rlimits.RLIMIT_CORE`.
    let places: [String: Place]

    /// Where the default action stands, in the file or in its base.
    var defaultPlace: Place {
        places["linux.seccomp.defaultAction"]
            ?? Place(file: path, position: profile.defaultPosition)
    }

    /// Its rules for a child on an architecture, without capabilities.
    func rules(
        for architecture: SeccompArchitecture, kernel: KernelVersion = .running
    ) -> SeccompRules {
        profile.rules(for: architecture, kernel: kernel)
    }
}
