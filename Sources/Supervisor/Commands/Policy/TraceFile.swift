import Descriptors
import Glibc

/// A file of lines that a command line names, such as a trace; `-` is standard input.
struct TraceFile: ~Copyable {
    /// For messages.
    let name: String
    private let descriptor: Descriptor

    init(_ path: String) throws(CommandFailure) {
        name = path == "-" ? "Standard input" : path
        do throws(SystemError) {
            descriptor =
                path == "-"
                ? try InputFile.standardInput()
                : try Descriptor(opening: path, as: .file)
        } catch {
            throw error.code == ENOENT
                ? .failed("There is no file \(path).")
                : .failed("\(name) cannot be read (\(error)).")
        }
    }

    /// Bytes asked for at once.
    private static let chunk = 64 << 10

    func next(_ lines: inout TraceLines) throws(CommandFailure) -> TraceLines.Line? {
        do throws(SystemError) {
            return try lines.next { () throws(SystemError) in
                try descriptor.read(atMost: Self.chunk)
            }
        } catch {
            throw error.code == EISDIR
                ? .failed("\(name) is a folder. Name a trace.")
                : .failed("\(name) cannot be read (\(error)).")
        }
    }
}
