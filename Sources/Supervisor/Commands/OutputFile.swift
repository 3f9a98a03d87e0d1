import Descriptors
import Glibc
import ImageVocabulary
import NIOCore

/// The output that a command line names.
struct OutputFile: Sendable {
    /// `-` is standard output.
    let path: String

    private var isStandardOutput: Bool { path == "-" }

    /// The format that the extension names; nil for standard output.
    func format() throws(CommandFailure) -> ImageFormat? {
        if isStandardOutput { return nil }
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let suffix = parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
        guard let format = ImageFormat(fileExtension: suffix), format.isOutput else {
            let known = ImageFormat.outputs.map(\.fileExtensions[0]).joined(separator: ", ")
            throw .usage(
                "The extension of \(path) names no format that can be written. Use one of \(known), or name the "
                    + "format with -O f:FORMAT.")
        }
        return format
    }

    /// Writes the whole of `bytes`.
    ///
    /// A file appears under its name complete or not at all: it is written beside and renamed. What
    /// is no regular file, such as a device or a pipe, is written to as it is.
    func write(_ bytes: ByteBuffer) throws(CommandFailure) {
        if isStandardOutput {
            if StandardStreams.outputIsTerminal {
                throw .failed("An image is not written to a terminal. Name a file with -o.")
            }
            guard StandardStreams.writeOutput(Array(bytes.readableBytesView)) else {
                throw .failed("Standard output cannot be written to.")
            }
            return
        }
        do throws(SystemError) {
            if isSpecial {
                try Self.open(path, O_WRONLY).writeAll(bytes.readableBytesUInt8Span)
            } else {
                try replace(with: bytes)
            }
        } catch {
            throw .failed("\(path) cannot be written (\(error)).")
        }
    }

    private var isSpecial: Bool {
        var status = stat()
        // stat writes into the structure alone.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG
    }

    private func replace(with bytes: ByteBuffer) throws(SystemError) {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let temporary = "\(path).\(digits).tmp"
        let file = try Self.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        do throws(SystemError) {
            try file.writeAll(bytes.readableBytesUInt8Span)
            // Both names are read within the call only.
            guard unsafe rename(temporary, path) == 0 else { throw SystemError("rename", errno) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    private static func open(_ path: String, _ flags: CInt) throws(SystemError) -> Descriptor {
        // The path is read within the call only; the mask of the process narrows the mode.
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw SystemError("open", errno) }
        return Descriptor(taking: number)
    }
}
