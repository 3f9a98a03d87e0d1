internal import Sandbox

// `--list` prints the name of every act; everything else is for the sandbox.
if CommandLine.arguments.dropFirst().first == "--list" {
    for name in System.acts + Conversation.all.keys { print(name) }
} else {
    SandboxProgram.main(decoder: Attacker.self)
}
