import WireProtocol

extension ChildReport {
    private var modules: ModuleTable { ModuleTable(hello?.libraries ?? []) }

    /// What the zygote saw of a child whose call the kernel held; nil where none was held.
    var observedStack: CrashStack? { life.snapshot.map { CrashStack($0, modules) } }

    /// What the child said of a crash; nil where it had nothing to say.
    var reportedStack: CrashStack? {
        if let report = life.crashReport { return CrashStack(report, modules) }
        guard case .signal(let number) = life.exit?.ending, CrashReport.reported.contains(number)
        else { return nil }
        return .unavailable(
            "the child said nothing of its crash: it had blocked the signal, or it was a thread's "
                + "stack that overflowed")
    }
}
