import ArgumentParser
import SandboxPolicy

/// `glovebox policy`
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract:
            "Reads, explains and compares the policy files that hold children, and puts them in force.",
        subcommands: [
            PolicyLintCommand.self, PolicyExplainCommand.self, PolicyDiffCommand.self,
            PolicySimCommand.self, PolicyShowCommand.self, PolicyTestCommand.self,
            PolicyLearnCommand.self, PolicySuggestCommand.self, PolicyReloadCommand.self,
        ])
}
