import ArgumentParser
import SandboxPolicy

/// `glovebox policy diff`
struct PolicyDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Says what one policy lets a child do and another does not.",
        usage: "glovebox policy diff <a> <b> [--deny-wider] [--json]",
        discussion: """
            Compares the programs of both files for every architecture that both cover, over all \
            numbers of system calls and the arguments that either file tells apart, and the \
            settings around them. A call is wider in B when more of these is left to the child: \
            it ends (kill, trap, notify), the call is answered (errno, trace), the call is carried \
            out (log, allow). So is a limit that is raised, a layer that is no longer required, a \
            format more, and a root that is not empty.

            Exits with 1 when --deny-wider is given and B is wider in anything, with 2 when a file \
            cannot be read or compiled.

            --json prints one object:
              a, b           path and sha256 of each file
              architectures  those that were compared: x86_64, aarch64
              equal          whether nothing differs
              wider, narrower, changed
                             how many calls and settings are; changed ones leave as much
              calls          a list with one object for each difference:
                call           the name, "number N", or null for any call no rule names
                number         its number, of the call that shows the difference
                architectures  where it is
                direction      wider, narrower or changed
                arguments      six, in hex
                text           the call as people write it
                a, b           each with action, errno, line and file of the rule (null for the
                               default action)
              settings       a list of what, direction, a and b
            """)

    @Argument(help: "The policy as it was.")
    var a: String

    @Argument(help: "The policy as it is to be.")
    var b: String

    @Flag(help: "Exit with 1 when B is wider in anything.")
    var denyWider = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        // 2 is trouble, as diff(1) has it.
        let (one, other) = (
            try PolicyInput(a, orEnd: .usage), try PolicyInput(b, orEnd: .usage)
        )
        let shared = one.architectures.filter { other.architectures.contains($0) }
        guard !shared.isEmpty else {
            throw .usage("The two files cover no architecture in common.")
        }
        let report = try PolicyDifferences(comparing: one, other, orEnd: .usage)
        try PolicyOutput.print(
            json ? report.json.text + "\n" : report.text(PolicyOutput.width))
        if denyWider && report.count(.wider) > 0 {
            throw .failed("\(b) is wider than \(a).")
        }
    }
}
