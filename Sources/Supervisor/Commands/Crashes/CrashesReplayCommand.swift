import ArgumentParser
import Descriptors
import Glibc
import ImageVocabulary
import NIOCore
import RequestSyntax

/// `glovebox crashes replay`
struct CrashesReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends the input of a crash through a child again and says what becomes of it.",
        usage: "glovebox crashes replay <id> [--input <file>] [--policy <file>] [--json]",
        discussion: """
            The input is the quarantined one, for which the service's quarantine key is needed, or \
            the file of --input, whose SHA-256 must be the record's. It runs once, with the options \
            of the request, under the policy that the record names, in the folder of policies, or \
            under that of --policy.

            Exits with 0 when the child dies the same way (the same class and signature; where \
            libraries were built anew, the same class, files and functions), with 1 when it dies \
            another way, or answers, or cannot be run. What is not as it was is told: the policy, \
            the posture, the kernel, the builds of libraries.

            --json prints one object with id, policy, same (true or false), changes (sentences), \
            before and now, each with class, signature and summary; now is null in class where the \
            child answered.

            \(SandboxOptions.discussion)
            """)

    @Argument(help: "The id of a crash, or its first digits.")
    var id: String

    @Option(help: ArgumentHelp("The input; - is standard input.", valueName: "file"))
    var input: String?

    @Option(help: ArgumentHelp("The policy (default: the record's).", valueName: "file"))
    var policy: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let access = try CrashAccess(service)
        let record = try await access.record(id)
        let configuration = try sandbox.configuration()
        let replay = try CrashReplay(
            record, configuration: configuration, policy: policy)
        let bytes = try bytes(of: replay, access, configuration)
        let outcome = try await replay.run(bytes)
        try PolicyOutput.print(json ? outcome.json.text + "\n" : outcome.text)
        if !outcome.isSame { throw CommandFailure(status: .failed, message: "") }
    }

    private func bytes(
        of replay: CrashReplay, _ access: CrashAccess, _ configuration: ServiceConfiguration
    ) throws(CommandFailure) -> ByteBuffer {
        let sha256 = replay.sha256
        guard let input else {
            return try quarantined(sha256, access, configuration)
        }
        let bytes = try InputFile.read(input, atMost: CrashReplay.largestInput)
        let found = InputDigest.hex(of: bytes)
        guard found == sha256 else {
            throw .failed(
                "\(input == "-" ? "Standard input" : input) is another input: its SHA-256 is "
                    + "\(found), and the record's is \(sha256).")
        }
        return bytes
    }

    private func quarantined(
        _ sha256: String, _ access: CrashAccess, _ configuration: ServiceConfiguration
    ) throws(CommandFailure) -> ByteBuffer {
        let otherwise = "Give the file with --input."
        guard let state = access.state else {
            throw .failed(
                "Quarantined inputs are read on the machine of the service only. \(otherwise)")
        }
        let file: [UInt8]
        do throws(SystemError) {
            file = try QuarantineFolder(inState: state).file(
                of: sha256, atMost: CrashReplay.largestInput + QuarantineFile.overhead)
        } catch {
            throw error.code == ENOENT
                ? .failed("The input \(sha256) is not in quarantine. \(otherwise)")
                : .failed(
                    "The quarantine in \(state) cannot be read (\(error)). Run this as the account "
                        + "of the service. \(otherwise)")
        }
        guard let key = configuration.quarantineKey else {
            throw .failed(
                "The quarantine's key is needed. Name its file with GLOVEBOX_QUARANTINE_KEY_FILE, "
                    + "or the configuration of the service with --config.")
        }
        let bytes: [UInt8]
        do throws(QuarantineFile.Failure) {
            bytes = try QuarantineFile.open(file, sha256: sha256, under: key)
        } catch {
            throw .failed(error.description)
        }
        try AuditAccess(state: state).record(.quarantineRead, on: "input:\(sha256)")
        return ByteBuffer(bytes: bytes)
    }
}
