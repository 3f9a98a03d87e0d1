import ArgumentParser
import SandboxPolicy

/// `glovebox policy suggest`
struct PolicySuggestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Says which rule lets a call through that ended a child, or why none should.",
        usage: """
            glovebox policy suggest <record> [--policy <file>] [-w] [--json]
            glovebox policy suggest <record> [--policies <dir>] [-w] [--json]
            """,
        discussion: """
            A record is Glovebox's log, in JSON or as text, or one record as a JSON object; - is \
            standard input. Children that ended by a violation are looked at, and calls that the \
            posture audit recorded; everything else is passed over, and equal calls are told once. The policy is the one that the record \
            names, in the folder of policies, or the one of --policy.

            A rule is the smallest that lets the call through: arguments that choose are compared \
            with what was seen, flags with the bits that were seen, addresses and sizes not at \
            all. What libraries only probe for is answered and not carried out. A call is not \
            permitted where the linter would refuse the rule or the call is dangerous whatever \
            its arguments. A suggestion is not a decision: ask what a decoder that was taken over \
            would do with the call, and say in the comment what needs it.

            Exits with 0 when every call has a rule or is decided already, with 1 when one is not \
            to be permitted, has no place in the file, or there is none. Nothing is written \
            without -w, and with it only when every call has a rule.

            --json prints one object:
              policies    a list with one object for each policy:
                path        its file
                written     whether the file was changed
                solved      whether every call has a rule or is decided
                calls       a list with one object for each call:
                  name, number, arch, arguments (six, in hex), text
                  count, stages   how often it was told, and how far the children were
                  verdict         permit, answer, decided or refuse
                  reason          why it is refused, or null
                  action, errno   of the rule, or of what decides already
                  line, file      of the rule that decides already, or null
                  rule, comment   the YAML that is inserted, and the rule's comment
                  not_insertable  why the file cannot be changed, or null
                  exposure, risk  what the call gives away
                  warnings        what the linter says of the rule
                  diff            as policy diff --json prints it, a without the rule
              others      how many lines of a log tell of something else
              unreadable  how many lines are none of a log
              dropped     how many violations were too many to be looked at
              incomplete  a list of line and reason: violations that cannot be used
            """)

    @Argument(help: "A log or a record; - is standard input.")
    var record: String

    @Option(
        help: ArgumentHelp(
            "The policy (default: the one that the record names).", valueName: "file"))
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Folder of policies (default: as for serve) [GLOVEBOX_POLICIES]", valueName: "dir"))
    var policies: String?

    @Option(
        help: ArgumentHelp(
            "Look at the calls of this request only, by its id.", valueName: "id"))
    var request: String?

    @Flag(name: .customShort("w"), help: "Write the rules into the policy.")
    var write = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws { try perform() }

    private func perform() throws(CommandFailure) {
        guard policy == nil || policies == nil else {
            throw .usage("Give either --policy or --policies.")
        }
        let file = try TraceFile(record)
        var calls = try ReportedCalls(file, of: request)
        guard !calls.reported.isEmpty else {
            throw .failed("\(file.name) \(Self.nothing(in: calls))")
        }
        var suggestions: [PolicySuggestions] = []
        for (path, calls) in try byPolicy(&calls) {
            suggestions.append(try PolicySuggestions(calls, path: path))
        }
        guard !suggestions.isEmpty else {
            throw .failed("\(file.name) \(Self.nothing(in: calls))")
        }
        let isSolved =
            suggestions.allSatisfy(\.isSolved) && calls.incomplete.isEmpty && calls.dropped == 0
        let isWritten = write && isSolved
        if isWritten {
            for one in suggestions where one.isChanged {
                try PolicyReplacement.replace(one.path, with: one.after, was: one.before)
            }
        }
        try show(suggestions, calls, isWritten: isWritten, canBeWritten: isSolved)
        if !isSolved { throw CommandFailure(status: .failed, message: "") }
    }

    /// Why there is nothing to suggest, behind the file's name.
    private static func nothing(in calls: ReportedCalls) -> String {
        if let first = calls.incomplete.first {
            return "holds a violation that cannot be used: in line \(first.line) \(first.reason)."
        }
        if calls.others > 0 {
            return "tells of no child that ended by a violation."
        }
        return "is no log of Glovebox, and no record."
    }

    /// The calls of each policy, by the policy's file.
    private func byPolicy(
        _ calls: inout ReportedCalls
    ) throws(CommandFailure) -> [(path: String, calls: [ReportedCalls.Reported])] {
        if let policy { return [(policy, calls.reported)] }
        let configuration = try ConfigurationLoader(
            options: GivenOptions(
                values: ["policies": policies].compactMapValues { $0 }, config: nil)
        ).configuration(for: .command)
        let files: [String]
        do throws(ConfigurationError) {
            files = try configuration.policyFiles()
        } catch {
            throw CommandFailure(error)
        }
        var found: [(path: String, calls: [ReportedCalls.Reported])] = []
        for call in calls.reported {
            guard let name = call.record.policy else {
                throw .failed(
                    "The record does not name its policy. Name the file with --policy.")
            }
            // A name is looked for among the files, and never made into a path.
            let path = files.first { file in
                [".yaml", ".json"].contains { file.hasSuffix("/\(name)\($0)") }
                    && !name.contains("/")
            }
            guard let path else {
                calls.setAside(
                    call,
                    because: "there is no policy \(ConfigurationProblem.quoted(name)) in "
                        + "\(configuration.policies); name its file with --policy")
                continue
            }
            if let place = found.firstIndex(where: { $0.path == path }) {
                found[place].calls.append(call)
            } else {
                found.append((path, [call]))
            }
        }
        return found
    }

    private func show(
        _ suggestions: [PolicySuggestions], _ calls: ReportedCalls, isWritten: Bool,
        canBeWritten: Bool
    ) throws(CommandFailure) {
        if json {
            let object: JSONValue = .object([
                (
                    "policies",
                    .array(suggestions.map { $0.json(isWritten: isWritten && $0.isChanged) })
                ),
                ("others", .integer(Int64(calls.others))),
                ("dropped", .integer(Int64(calls.dropped))),
                ("unreadable", .integer(Int64(calls.unreadable))),
                (
                    "incomplete",
                    .array(
                        calls.incomplete.map {
                            .object([
                                ("line", .integer(Int64($0.line))),
                                ("reason", .string($0.reason)),
                            ])
                        })
                ),
            ])
            return try PolicyOutput.print(object.text + "\n")
        }
        var parts = suggestions.map {
            $0.text(
                PolicyOutput.width, isWritten: isWritten && $0.isChanged,
                canBeWritten: canBeWritten)
        }
        parts += calls.incomplete.map {
            "Line \($0.line) holds a violation that cannot be used: \($0.reason).\n"
        }
        if calls.dropped > 0 {
            parts.append(
                "\(calls.dropped) more violations were not looked at. Name a request with --request."
                    + "\n")
        }
        try PolicyOutput.print(parts.joined(separator: "\n"))
    }
}
