import ArgumentParser
import SandboxPolicy

/// `glovebox policy show`
struct PolicyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what a policy file comes to: its calls, its program, its hashes.",
        usage: "glovebox policy show <file> [--bpf | --pfc | --json] [--arch <architecture>]",
        discussion: """
            Any seccomp profile can be shown, whether or not it could be served. Exits with 1 when \
            the file cannot be read, or no program can be made of it.

            --json prints one object:
              name            the file's name without its extension
              path, sha256    the file as it was named, and the hash of its bytes
              base            the same two of its base, or null
              formats, root, limits, required_layers
                              what stands under x-glovebox; null for a bare profile
              resource_limits a list of type, soft, hard
              default_action  action and errno (null where it carries none)
              allowed         the names of all calls that are carried out with some arguments
                              at least, on the architecture asked for, else this machine's,
                              else the first
              programs        a list with one object for each architecture:
                architecture    x86_64 or aarch64
                sha256          the hash of the program
                instructions    how many there are
                bytes           the program in hex, 8 bytes an instruction (struct sock_filter)
                allowed         as above
                calls           what rules change: name, number, conditions (true where the
                                arguments decide) and actions, each with action and errno
            """)

    enum Form: String, EnumerableFlag {
        case bpf, pfc, json

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .bpf: "Print the program, one instruction a line."
            case .pfc: "Print libseccomp's pseudo code."
            case .json: "Print JSON."
            }
        }
    }

    @Argument(help: "The policy file.")
    var file: String

    @Flag(exclusivity: .exclusive)
    var form: Form?

    @Option(
        help: ArgumentHelp("Only this one: x86_64 or aarch64.", valueName: "architecture"),
        transform: SeccompArchitecture.read)
    var arch: SeccompArchitecture?

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        let input = try PolicyInput(file, orEnd: .failed)
        let covered = input.architectures
        if let arch, !covered.contains(arch) {
            throw .failed(
                "\(file) does not cover \(arch.label). It covers "
                    + covered.map(\.label).joined(separator: " and ") + ".")
        }
        let shown = arch.map { [$0] } ?? covered
        guard let main = arch ?? covered.first(where: { $0 == .native }) ?? covered.first else {
            throw .failed("\(file) covers no architecture that a child can have.")
        }
        switch form {
        case .bpf:
            let program = try input.program(for: main, orEnd: .failed)
            try PolicyOutput.print(Disassembly(filter: program, architecture: main).text)
        case .pfc:
            try PolicyOutput.print(try pseudoCode(input, main))
        case .json, nil:
            var programs: [PolicySummary.Program] = []
            for architecture in shown {
                programs.append(
                    PolicySummary.Program(
                        architecture: architecture,
                        filter: try input.program(for: architecture, orEnd: .failed),
                        calls: AnsweredCalls(
                            input.document.rules(for: architecture), for: architecture)))
            }
            let summary = PolicySummary(input: input, programs: programs, main: main)
            try PolicyOutput.print(
                form == .json ? summary.json.text + "\n" : summary.text(PolicyOutput.width))
        }
    }

    private func pseudoCode(
        _ input: PolicyInput, _ architecture: SeccompArchitecture
    ) throws(CommandFailure) -> String {
        do throws(PolicyError) {
            return try PolicyCompiler.pseudoCode(
                input.document.rules(for: architecture), for: architecture, path: file)
        } catch {
            throw .failed(error.description)
        }
    }
}
