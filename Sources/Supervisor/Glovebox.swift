import ArgumentParser
import CLinux
import Glibc
import NIOCore
import NIOPosix

/// The program `glovebox`.
public enum GloveboxProgram {
    /// Reads the command line, does what it says and ends the process.
    ///
    /// Exit codes: 0 done, 1 refused or failed, 2 usage, 3 posture not met.
    public static func run() -> Never {
        // A reader that went away is an error to be reported, not a reason to die silently.
        _ = clinux_ignore_sigpipe()
        // Images are decoded in processes of their own. What is left to this one is a fraction of
        // it, and every loop more is one more thread to wake on a request's way.
        NIOSingletons.groupLoopCountSuggestion = max(1, System.coreCount / 4)
        Task.detached { exit(await perform()) }
        // An asynchronous main would end this thread. It would stay in the process table with the
        // rights it was born with, and the process would look like root's after root is dropped.
        while true { pause() }
    }

    private static func perform() async -> Int32 {
        do {
            var command = try Glovebox.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty {
                StandardStreams.writeError("glovebox: \(failure.message)\n")
            }
            return failure.status.rawValue
        } catch {
            let text = Glovebox.fullMessage(for: error) + "\n"
            guard Glovebox.exitCode(for: error).isSuccess else {
                StandardStreams.writeError(text)
                return CommandFailure.Status.usage.rawValue
            }
            return StandardStreams.writeOutput(Array(text.utf8)) ? 0 : 1
        }
    }
}

/// The root command.
struct Glovebox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glovebox",
        abstract: "Processes images nobody should trust, each in a confined process of its own.",
        version: "glovebox \(Version.current)",
        subcommands: [
            ServeCommand.self, StatusCommand.self, HealthCommand.self, ProcessCommand.self,
            InfoCommand.self, OptionsCommand.self, SignCommand.self, URLCommand.self,
            DoctorCommand.self, ConfigCommand.self,
            PolicyCommand.self,
            KeysCommand.self, CrashesCommand.self, AuditCommand.self, ForgetCommand.self,
            BenchChildrenCommand.self, BenchAdmissionCommand.self,
        ])
}

/// This release.
enum Version {
    static let current = "0.1.0"
}
