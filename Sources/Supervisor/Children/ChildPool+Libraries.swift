import ImageVocabulary
import Logging
import SandboxPolicy
import WireProtocol

/// Whose libvips a zygote loads.
enum LibrarySource: Equatable, Sendable {
    /// The one in the folder that was chosen.
    case folder(String)
    case system
}

/// What a libvips was found to lack.
struct LibraryLack: Equatable, Sendable {
    /// The formats it cannot read.
    var formats: [ImageFormat]
    /// In words, to stand after the library: `has no jxlload_buffer`.
    var what: String
}

/// Formats that no libvips here can read.
struct FormatShortage: Equatable, Sendable {
    var formats: [ImageFormat]
    /// The chosen folder and what its libvips lacks; nil where none was chosen.
    var folder: String?
    var folderLack: String?
    /// What speaks against the system's.
    var systemLack: String
    /// The formats that can be read, as far as that is known.
    var others: [ImageFormat] = []

    /// The shortages of several policies as one.
    static func sum(_ all: [FormatShortage]) -> FormatShortage? {
        guard var sum = all.first else { return nil }
        sum.formats = ImageFormat.allCases.filter { format in
            all.contains { $0.formats.contains(format) }
        }
        return sum
    }
}

/// Which libvips the pool's zygotes get. A folder's may be fast and know few formats, the system's
/// knows more: a policy for which the folder's is not enough gets the system's.
extension ChildPool {
    /// Says once that the chosen libvips was not enough.
    func tellLibraries(of generation: Generation) {
        guard !hasToldLibraries, generation.source == .system, let folder = files.folder,
            let lack = files.lack(of: policy.configuration.formats),
            let version = generation.hello?.libvips
        else { return }
        hasToldLibraries = true
        logger.notice(
            """
            the policy \(policy.name) uses the system's libvips \(UntrustedText.printable(version)): \
            the one in \(folder) \(lack.what)
            """)
    }

    /// Why a generation came to nothing, with what both libraries lack where it is that.
    func reason(of generation: Generation) -> StartFailure {
        guard let system = generation.systemLack else { return generation.reason }
        let lack = files.lack(of: policy.configuration.formats)
        let formats = system.formats.isEmpty ? lack?.formats ?? policy.formats : system.formats
        return .formats(
            FormatShortage(
                formats: formats, folder: files.folder, folderLack: lack?.what,
                systemLack: system.what))
    }
}
