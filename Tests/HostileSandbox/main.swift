internal import CHostile
internal import Sandbox

// `--list` prints the name of every act, `--under` runs a program in poorer surroundings;
// everything else is for the sandbox.
switch CommandLine.arguments.dropFirst().first {
case "--list":
    for name in System.acts + Conversation.all.keys { print(name) }
case "--under":
    // The arguments live as long as the process, and end with NULL.
    unsafe hostile_run_under(CommandLine.unsafeArgv + 2)
    System.exit(1)
default:
    SandboxProgram.main(decoder: Attacker.self)
}
