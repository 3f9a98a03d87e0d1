import ArgumentParser
import RequestSyntax
import SandboxPolicy

/// `glovebox policy explain`
struct PolicyExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says in prose what a policy lets a child do, and why.",
        usage: "glovebox policy explain <file> [<syscall>] [--arch <architecture>] [--json]",
        discussion: """
            Without a call: every call that the policy names, what of it may pass, what it would \
            give to somebody who has taken the child over, the reason that the rule's author \
            gives, and its line. With a call: what it does, each rule for it, and what happens \
            when none is met. Takes policies and the profiles of container runtimes; those are \
            read for a child without capabilities.

            Exits with 1 when the file or the call cannot be used.

            --json prints one object:
              file, architecture
              default          action, errno, meaning, file and line of what happens to the
                               rest
              carried_out, answered, ended
                               how many calls of the architecture each is for
              calls            a list with one object for each call that is named (with a call:
                               that one alone, even if it is not named):
                name, group, purpose, arguments
                numbers        by architecture, null where it has none
                exposure       harmless, limited, by_arguments or dangerous
                risk           what it gives, or null
                rules          a list of action, errno, file, line, comment and conditions, each
                               of these with index, text, raw and note
              not_for_a_child  rules that do not concern one: action, errno, names, file, line
                               and reason
              elsewhere        names that only other architectures have
              unknown          names of no known call
            """)

    @Argument(help: "The policy.")
    var file: String

    @Argument(help: "A system call by name.")
    var syscall: String?

    @Option(
        help: ArgumentHelp(
            "x86_64 or aarch64 (default: this machine's, if the policy covers it).",
            valueName: "architecture"),
        transform: SeccompArchitecture.read)
    var arch: SeccompArchitecture?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        let input = try PolicyInput(file, orEnd: .failed)
        let architecture = try input.architecture(arch)
        let explanation = PolicyExplanation(input.document, on: architecture)
        guard let syscall else {
            return try PolicyOutput.print(
                json ? explanation.json.text + "\n" : explanation.text(PolicyOutput.width))
        }
        let entry = try Self.entry(syscall, on: architecture)
        let call = CallExplanation(entry, in: explanation)
        try PolicyOutput.print(json ? call.json.text + "\n" : call.text(PolicyOutput.width))
    }

    /// The call of a name that an architecture has.
    static func entry(
        _ name: String, on architecture: SeccompArchitecture
    ) throws(CommandFailure) -> SyscallEntry {
        switch SyscallNames.lookup(name, on: architecture) {
        case .number:
            if let entry = SyscallCatalogue.entry(name) { return entry }
        case .elsewhere:
            let others = SeccompArchitecture.allCases.filter {
                $0 != architecture && SyscallCatalogue.entry(name)?.number(on: $0) != nil
            }
            let hint =
                others.isEmpty
                ? "Only architectures that children cannot have do."
                : "Ask with --arch \(others[0].label)."
            throw .failed("\(architecture.label) has no call \(name). \(hint)")
        case .unknown: break
        }
        let nearest = NearestName.of(name, among: SyscallNames.all(on: architecture))
        throw .failed(
            "There is no system call \"\(name)\"."
                + (nearest.map { " Did you mean \($0)?" } ?? " 'man 2 syscalls' lists them."))
    }
}

extension PolicyInput {
    /// The architecture that was asked for, or this machine's, or the first that the file covers.
    func architecture(
        _ wanted: SeccompArchitecture?
    ) throws(CommandFailure) -> SeccompArchitecture {
        if let wanted {
            guard architectures.contains(wanted) else {
                throw .failed("\(document.path) does not cover \(wanted.label).")
            }
            return wanted
        }
        if let native = SeccompArchitecture.native, architectures.contains(native) {
            return native
        }
        guard let first = architectures.first else {
            throw .failed("\(document.path) covers no architecture that children can have.")
        }
        return first
    }
}
