import ArgumentParser
import Descriptors
import Glibc

/// `glovebox crashes export`
struct CrashesExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the crashes that match into a file, one JSON object a line.",
        usage: "glovebox crashes export -o <file> [<filters>] [<options>]",
        discussion: """
            The file is made anew, for its owner alone: records name requests and hashes of images. \
            One that is there already is not touched.

            \(AdminOptions.discussion)
            """)

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The file.", valueName: "file"))
    var output: String

    @OptionGroup(title: "Filters")
    var filter: CrashFilterOptions

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let options = try CrashOptions(filter.values)
        let access = try CrashAccess(service)
        let file = try Self.make(output)
        var count = 0
        do throws(CommandFailure) {
            try await access.forEach(options) { line throws(CommandFailure) in
                try write { () throws(SystemError) in
                    try file.writeAll((line + [UInt8(ascii: "\n")]).span)
                }
                count += 1
            }
            try write { () throws(SystemError) in
                guard fsync(file.number) == 0 else { throw SystemError("fsync", errno) }
            }
        } catch {
            // A part of what was asked for would look like all of it. The path is read within the call.
            _ = unsafe unlink(output)
            throw error
        }
        StandardStreams.writeError(
            "\(count) line\(count == 1 ? "" : "s") written to \(output).\n")
    }

    private static func make(_ path: String) throws(CommandFailure) -> Descriptor {
        // The path is read within the call.
        let number = unsafe open(
            path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw errno == EEXIST
                ? .failed("\(path) is there already. Name a new file.")
                : .failed("\(path) cannot be written (\(SystemError("open", errno))).")
        }
        return Descriptor(taking: number)
    }

    private func write(_ work: () throws(SystemError) -> Void) throws(CommandFailure) {
        do throws(SystemError) {
            try work()
        } catch {
            throw .failed("\(output) cannot be written (\(error)).")
        }
    }
}
