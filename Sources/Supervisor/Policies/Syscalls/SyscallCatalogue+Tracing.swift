extension SyscallCatalogue {
    /// Calls for watching and controlling other processes, and the kernel.
    static let tracing: [SyscallEntry] = [
        .init(
            "ptrace", 101, 117, .tracing, .dangerous, "reads, changes and controls another process",
            "code and memory of other processes of the account", ("request", .int),
            ("pid", .processID), ("addr", .pointer), ("data", .pointer)),
        .init(
            "process_vm_readv", 310, 270, .tracing, .dangerous, "reads another process's memory",
            "secrets of other processes of the account", ("pid", .processID), ("lvec", .pointer),
            ("liovcnt", .size), ("rvec", .pointer), ("riovcnt", .size), ("flags", .size)),
        .init(
            "process_vm_writev", 311, 271, .tracing, .dangerous, "writes another process's memory",
            "code and memory of other processes of the account", ("pid", .processID),
            ("lvec", .pointer), ("liovcnt", .size), ("rvec", .pointer), ("riovcnt", .size),
            ("flags", .size)),
        .init(
            "perf_event_open", 298, 241, .tracing, .dangerous,
            "measures the processor and the kernel",
            "side channels, addresses of the kernel, and code with a history of flaws",
            ("attr_uptr", .pointer), ("pid", .processID), ("cpu", .int), ("group_fd", .descriptor),
            ("flags", .size)),
        .init(
            "bpf", 321, 280, .tracing, .dangerous, "loads programs into the kernel",
            "programs in the kernel, and a verifier with a history of flaws", ("cmd", .int),
            ("uattr", .pointer), ("size", .unsigned)),
        .init(
            "uretprobe", 335, nil, .tracing, .limited,
            "what a return probe of the kernel calls; not for programs",
            "nothing outside the kernel's own trampoline"),
        .init(
            "uprobe", 336, nil, .tracing, .limited,
            "what a probe of the kernel calls; not for programs",
            "nothing outside the kernel's own trampoline"),
    ]
}
