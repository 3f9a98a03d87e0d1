import Sandbox

SandboxProgram.main()
