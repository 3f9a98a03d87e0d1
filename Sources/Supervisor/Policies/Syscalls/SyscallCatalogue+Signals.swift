extension SyscallCatalogue {
    /// Calls for signals.
    static let signals: [SyscallEntry] = [
        .init(
            "rt_sigaction", 13, 134, .signals, .byArguments, "says what happens on a signal",
            "hides crashes: a handler for SIGSEGV runs on after one", ("sig", .signal),
            ("act", .pointer), ("oact", .pointer), ("sigsetsize", .size)),
        .init(
            "rt_sigprocmask", 14, 135, .signals, .harmless, "says which signals wait", nil,
            ("how", .maskOperation), ("nset", .pointer), ("oset", .pointer), ("sigsetsize", .size)),
        .init("rt_sigreturn", 15, 139, .signals, .harmless, "ends a signal handler", nil),
        .init(
            "rt_sigpending", 127, 136, .signals, .harmless, "tells which signals wait", nil,
            ("uset", .pointer), ("sigsetsize", .size)),
        .init(
            "rt_sigsuspend", 130, 133, .signals, .harmless, "waits for a signal", nil,
            ("unewset", .pointer), ("sigsetsize", .size)),
        .init(
            "rt_sigtimedwait", 128, 137, .signals, .harmless, "waits for a signal until a time",
            nil, ("uthese", .pointer), ("uinfo", .pointer), ("uts", .pointer), ("sigsetsize", .size)
        ),
        .init(
            "rt_sigqueueinfo", 129, 138, .signals, .dangerous,
            "sends a signal with a value to a process",
            "ends or deceives other processes of the account", ("pid", .processID),
            ("sig", .signal), ("uinfo", .pointer)),
        .init(
            "rt_tgsigqueueinfo", 297, 240, .signals, .dangerous,
            "sends a signal with a value to a thread",
            "ends or deceives other processes of the account", ("tgid", .processID),
            ("pid", .processID), ("sig", .signal), ("uinfo", .pointer)),
        .init(
            "sigaltstack", 131, 132, .signals, .limited,
            "gives signal handlers a stack of their own",
            "another stack, for who has control already", ("uss", .pointer), ("uoss", .pointer)),
        .init(
            "kill", 62, 129, .signals, .dangerous, "sends a signal to a process or group",
            "ends or disturbs other processes of the account", ("pid", .processID), ("sig", .signal)
        ),
        .init(
            "tkill", 200, 130, .signals, .dangerous, "sends a signal to a thread",
            "ends or disturbs other processes of the account", ("pid", .processID), ("sig", .signal)
        ),
        .init(
            "tgkill", 234, 131, .signals, .dangerous, "sends a signal to a thread of a process",
            "ends or disturbs other processes of the account", ("tgid", .processID),
            ("pid", .processID), ("sig", .signal)),
        .init("pause", 34, nil, .signals, .harmless, "waits for a signal", nil),
    ]
}
