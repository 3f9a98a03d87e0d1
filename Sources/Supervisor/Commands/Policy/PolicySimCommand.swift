import ArgumentParser
import SandboxPolicy

/// `glovebox policy sim`
struct PolicySimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim",
        abstract: "Says what a policy does with one call, or with every call of a trace.",
        usage: """
            glovebox policy sim <file> <syscall> [<argument>...] [--arch <architecture>] [--json]
            glovebox policy sim <file> --trace <trace> [--arch <architecture>] [--json]
            """,
        discussion: """
            A call is named or numbered. Arguments are numbers, decimal or with 0x, or the names \
            of C joined by | in quotes: 'PROT_READ|PROT_WRITE'. Those that are left out are 0. The \
            answer is the compiled program's, and it is an error if the rules say another.

            A trace is what strace wrote (with -f, -o, -t, -tt, -r, -y or -e raw=all, too), the \
            kernel's audit records, which do not tell arguments, or Glovebox's own log in JSON; - \
            is standard input. Calls of which rules compare nothing that differs are counted \
            together.

            With a call, exits with 0 whatever the answer is. With a trace, exits with 0 when all \
            of its calls would be carried out or answered, and with 1 when one would or could end \
            the child, or when a line cannot be read.

            --json prints one object. With a call:
              call          name, number, architecture, arguments (six, in hex) and text
              action, errno, meaning
              source        rule, default or architecture
              file, line    of the rule or the default; comment is the rule's, or null
            With a trace:
              file, architecture
              fit           whether the exit code is 0
              calls, ending how many there are, and how many end the child or could
              unshown       calls that are not in the list, which has 10,000 at most
              distinct      a list of call, name, number, count, line (of the trace), decided, and
                            possible: action, errno, meaning, source, file, line, comment of each
              skipped       lines that hold no call, by kind
              unreadable    how many lines cannot be read; unreadable_lines names 20 at most
            """)

    @Argument(help: "The policy.")
    var file: String

    @Argument(parsing: .allUnrecognized, help: "A system call and up to six arguments.")
    var call: [String] = []

    @Option(help: ArgumentHelp("A recorded trace; - is standard input.", valueName: "trace"))
    var trace: String?

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
        guard call.isEmpty != (trace == nil) else {
            throw .usage("Give either a system call or --trace.")
        }
        guard call.count <= 7 else { throw .usage("A system call has six arguments at most.") }
        let input = try PolicyInput(file, orEnd: .failed)
        let simulation = try PolicySimulation(input, on: try input.architecture(arch))
        if let trace {
            try run(trace, on: simulation)
        } else {
            try show(try Self.call(call, on: simulation.architecture), on: simulation)
        }
    }

    private func show(
        _ call: SeccompCall, on simulation: PolicySimulation
    ) throws(CommandFailure) {
        let decision = try simulation.decision(on: call)
        if json {
            let architecture = simulation.architecture
            let object: JSONValue = .object(
                [
                    (
                        "call",
                        .object([
                            (
                                "name",
                                .string(SyscallNames.name(of: call.number, call.architecture))
                            ),
                            ("number", .unsigned(UInt64(call.number))),
                            ("architecture", .string(architecture.label)),
                            (
                                "arguments",
                                .names(call.arguments.map { "0x" + String($0, radix: 16) })
                            ), ("text", .string(call.text)),
                        ])
                    )
                ] + simulation.members(decision))
            return try PolicyOutput.print(object.text + "\n")
        }
        try PolicyOutput.print(
            "\(call.text) on \(simulation.architecture.label)\n"
                + "\(decision.action.text): \(decision.action.meaning)\n"
                + "\(simulation.location(decision.source)): "
                + "\(simulation.reason(decision.source))\n")
    }

    /// The call that words of a command line stand for.
    static func call(
        _ words: [String], on architecture: SeccompArchitecture
    ) throws(CommandFailure) -> SeccompCall {
        let word = words.first ?? ""
        let number: UInt32
        var entry: SyscallEntry?
        if let first = word.utf8.first, (0x30...0x39).contains(first) {
            guard let value = SyscallArgument.Kind.size.value(word),
                let own = UInt32(exactly: value)
            else { throw .usage("\"\(word)\" is no number of a system call.") }
            number = own
            entry = SyscallCatalogue.entry(number: number, on: architecture)
        } else {
            guard !word.hasPrefix("-") else { throw .usage("There is no option \"\(word)\".") }
            let found = try PolicyExplainCommand.entry(word, on: architecture)
            number = found.number(on: architecture) ?? 0
            entry = found
        }
        var arguments: [UInt64] = []
        for (index, word) in words.dropFirst().enumerated() {
            let known = entry?.arguments ?? []
            let kind = index < known.count ? known[index].kind : .size
            guard let value = kind.value(word, on: architecture) else {
                let names = kind.names(on: architecture)?.constants.map(\.name) ?? []
                let example = names.isEmpty ? "" : ", or names such as \(names[0])"
                throw .usage(
                    "Argument \(index) is \"\(word)\", which cannot be used. Write a number, decimal "
                        + "or with 0x\(example).")
            }
            arguments.append(value)
        }
        return SeccompCall(number, arguments, on: architecture)
    }
}

extension PolicySimCommand {
    private func run(_ trace: String, on simulation: PolicySimulation) throws(CommandFailure) {
        var summary = TraceSummary(simulation)
        let file = try TraceFile(trace)
        var reader = TraceReader()
        var lines = TraceLines()
        var number = 0
        while let line = try file.next(&lines) {
            number += 1
            switch line {
            case .tooLong:
                let reason = "is longer than \(TraceLines.longest) bytes"
                try summary.add(.unreadable(reason), at: number)
            case .bytes(let bytes):
                guard !bytes.contains(0) else {
                    throw .failed("\(file.name) is no text: line \(number) holds a zero byte.")
                }
                for found in reader.read(bytes[...]) { try summary.add(found, at: number) }
            }
        }
        for line in reader.finish() { try summary.add(line, at: number) }
        guard summary.calls > 0 else {
            guard let first = summary.unreadable.first else {
                throw .failed("\(file.name) holds no system call.")
            }
            throw .failed(
                "\(file.name) is no trace that can be read: line \(first.line) \(first.reason). "
                    + "Record one with 'strace -f -o TRACE PROGRAM'.")
        }
        try PolicyOutput.print(json ? summary.json.text + "\n" : summary.text(PolicyOutput.width))
        if !summary.isFit { throw CommandFailure(status: .failed, message: "") }
    }
}
