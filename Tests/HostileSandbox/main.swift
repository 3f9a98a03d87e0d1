internal import Sandbox

SandboxProgram.main(decoder: Attacker.self)
