import ArgumentParser
import Descriptors
import FoundationEssentials
import Glibc

/// `glovebox config import-imgproxy`
struct ConfigImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-imgproxy",
        abstract: "Makes a configuration file of imgproxy's environment variables.",
        discussion: """
            Prints the file on standard output, and on standard error what became of each variable: \
            taken, changed or unsupported, and why; and, as default, where imgproxy does something \
            else about a variable that is not set. ENVFILE has lines NAME=value, as for docker run \
            --env-file, or as a shell reads them, or is what docker inspect prints; - reads standard \
            input. Without it the variables of this process are read.

                glovebox config import-imgproxy imgproxy.env > glovebox.yaml
                docker inspect imgproxy | glovebox config import-imgproxy - > glovebox.yaml

            Secrets are not written unless --secrets is there: the file says which variables to set \
            to what imgproxy's have. --json prints, in the place of the file, one object a line \
            for each variable:
              name      the variable
              outcome   taken, default, changed or unsupported
              setting   the settings that it became, with commas between them; null for none
              reason    why, in whole sentences
              matters   whether it is a reason to exit with 1

            Exits with 1 when a variable that is set asks for something that cannot be had and that \
            URLs depend on or are guarded by, and when there is no key: those rows are in capitals. \
            Exits with 0 otherwise. What is changed, what imgproxy does by default, and what is \
            unsupported and only about how the service is run, is told and does not count.
            """)

    @Argument(help: "File of variables, or - for standard input.")
    var envfile: String?

    @Flag(help: "Print JSON in the place of the file and of the table.")
    var json = false

    @Flag(help: "Write secrets into the file too.")
    var secrets = false

    func run() throws {
        let variables = try readVariables()
        guard variables.problems.isEmpty else {
            throw CommandFailure.failed(variables.problems.joined(separator: "\n"))
        }
        let result = ImgproxyImport(variables.values)
        let text = json ? result.json : result.yaml(showsSecrets: secrets)
        guard json || text.utf8.count <= StrictYAML.largestFile else {
            throw CommandFailure.failed(
                "The configuration would have more than \(Size.text(StrictYAML.largestFile)). Give "
                    + "images as files, not as data.")
        }
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw CommandFailure.failed("Standard output cannot be written to.")
        }
        if !json { StandardStreams.writeError(notes(of: result)) }
        let count = result.findings.count(where: \.matters)
        guard count == 0 else {
            throw CommandFailure.failed(
                count == 1
                    ? "1 variable is unsupported that URLs depend on."
                    : "\(count) variables are unsupported that URLs depend on.")
        }
    }

    private func notes(of result: ImgproxyImport) -> String {
        let isSeen = isatty(STDERR_FILENO) == 1
        var text = result.report(
            width: isSeen ? StandardStreams.columns(of: STDERR_FILENO) : nil)
        guard !result.secrets.isEmpty else { return text }
        if secrets {
            text += "The file holds secrets. Let nobody else read it: chmod 600.\n"
        } else {
            let names = result.secrets.map { "\($0.variable) as \($0.name)" }
            text += "Secrets are not in the file. Set \(names.joined(separator: ", ")).\n"
        }
        return text
    }

    private func readVariables() throws(CommandFailure) -> ImportedVariables {
        guard let envfile else {
            let variables = ImportedVariables(environment: ProcessInfo.processInfo.environment)
            return try checked(variables, "The environment")
        }
        let name = envfile == "-" ? "Standard input" : envfile
        return try checked(ImportedVariables(bytes: try Self.read(envfile, name)), name)
    }

    private static func read(_ path: String, _ name: String) throws(CommandFailure) -> [UInt8] {
        let limit = ImportedVariables.largestFile
        guard path == "-" else {
            do throws(SmallFile.Failure) {
                return try SmallFile.read(path, limit: limit).bytes
            } catch {
                throw .failed("\(name) cannot be read: \(error.reason).")
            }
        }
        do throws(SystemError) {
            return try InputFile.standardInput().readToEnd(limit: limit)
        } catch {
            let reason = error.code == EFBIG ? "it is larger than \(Size.text(limit))" : "\(error)"
            throw .failed("\(name) cannot be read: \(reason).")
        }
    }

    private func checked(
        _ variables: ImportedVariables, _ name: String
    ) throws(CommandFailure) -> ImportedVariables {
        guard variables.values.isEmpty, variables.problems.isEmpty else { return variables }
        throw .failed(
            "\(name) has no variable of imgproxy. Name a file of lines such as IMGPROXY_TTL=3600.")
    }
}
