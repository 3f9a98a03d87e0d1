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
        let reading = try await CrashAccess(service).entries(filter.values)
        do throws(SystemError) {
            // The path is read within the call.
            let number = unsafe open(
                output, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard number >= 0 else { throw SystemError("open", errno) }
            let file = Descriptor(taking: number)
            for entry in reading.found { try file.writeAll(Array((entry.line + "\n").utf8).span) }
            guard fsync(file.number) == 0 else { throw SystemError("fsync", errno) }
        } catch {
            throw error.code == EEXIST
                ? .failed("\(output) is there already. Name a new file.")
                : .failed("\(output) cannot be written (\(error)).")
        }
        let count = reading.found.count
        StandardStreams.writeError(
            "\(count) line\(count == 1 ? "" : "s") written to \(output).\n")
        guard reading.isCut else { return }
        throw .failed(
            "The service told the newest \(count) only. Export shorter times with --since and "
                + "--until, or on its own machine.")
    }
}
