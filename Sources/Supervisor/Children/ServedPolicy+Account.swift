import SandboxPolicy

extension ServedPolicy {
    /// How a child of it ended, for whoever edits the policy: with the call that was denied, and the
    /// line of the file that denies it.
    func account(of life: Child.Life) -> String {
        switch life.ending {
        case .violation:
            return "violation, " + (life.deniedCall.map(answers.denial) ?? answers.silentDenial)
        case .memory where answers.place(ofLimit: "memory") != nil:
            return "memory, the limit at \(answers.place(ofLimit: "memory") ?? "")"
        case .cpu where answers.place(ofLimit: "cpu") != nil:
            return "cpu, the limit at \(answers.place(ofLimit: "cpu") ?? "")"
        case .crash(let signal), .memory(let signal?):
            let name = SyscallArgument.Kind.signal.text(UInt64(UInt32(bitPattern: signal)))
            return "\(life.ending?.name ?? "crash"), \(name); \(answers.possibleCauses)"
        case let ending?: return ending.name
        case nil: return "no answer"
        }
    }
}
