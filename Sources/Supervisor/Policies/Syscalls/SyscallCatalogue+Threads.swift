extension SyscallCatalogue {
    /// Calls for threads and what they wait for.
    static let threads: [SyscallEntry] = [
        .init(
            "clone", 56, 220, .threads, .byArguments, "makes a thread or a process",
            "processes that outlive the image, and with CLONE_NEW* flags new namespaces",
            ("clone_flags", .cloneFlags), ("newsp", .pointer), ("parent_tidptr", .pointer),
            ("child_tidptr", .pointer), ("tls", .pointer)),
        .init(
            "clone3", 435, 435, .threads, .dangerous, "clone with its flags in memory",
            "processes and namespaces; its flags lie where no filter sees them",
            ("uargs", .pointer), ("size", .size)),
        .init(
            "futex", 202, 98, .threads, .byArguments,
            "waits for a value in memory to change, and wakes who waits",
            "operations for priorities have a history of flaws, as CVE-2014-3153",
            ("uaddr", .pointer), ("op", .futexOperation), ("val", .unsigned), ("utime", .pointer),
            ("uaddr2", .pointer), ("val3", .unsigned)),
        .init(
            "futex_waitv", 449, 449, .threads, .limited,
            "waits for one of several values in memory", "younger code of the kernel",
            ("waiters", .pointer), ("nr_futexes", .unsigned), ("flags", .unsigned),
            ("timeout", .pointer), ("clockid", .clock)),
        .init(
            "futex_wait", 455, 455, .threads, .limited, "waits for a value in memory to change",
            "younger code of the kernel", ("uaddr", .pointer), ("val", .size), ("mask", .size),
            ("flags", .unsigned), ("timeout", .pointer), ("clockid", .clock)),
        .init(
            "futex_wake", 454, 454, .threads, .limited, "wakes who waits for a value in memory",
            "younger code of the kernel", ("uaddr", .pointer), ("mask", .size), ("nr", .int),
            ("flags", .unsigned)),
        .init(
            "futex_requeue", 456, 456, .threads, .limited,
            "moves who waits from one value to another", "younger code of the kernel",
            ("waiters", .pointer), ("flags", .unsigned), ("nr_wake", .int), ("nr_requeue", .int)),
        .init(
            "set_robust_list", 273, 99, .threads, .harmless,
            "says which locks the kernel frees when the thread dies", nil, ("head", .pointer),
            ("len", .size)),
        .init(
            "get_robust_list", 274, 100, .threads, .limited,
            "tells where a thread's list of locks lies",
            "addresses in other processes of the account", ("pid", .processID),
            ("head_ptr", .pointer), ("len_ptr", .pointer)),
        .init(
            "set_tid_address", 218, 96, .threads, .harmless,
            "says where the kernel clears the thread's number when it ends", nil,
            ("tidptr", .pointer)),
        .init("gettid", 186, 178, .threads, .harmless, "gives the thread's number", nil),
        .init(
            "rseq", 334, 293, .threads, .harmless,
            "registers memory that tells the thread its processor", nil, ("rseq", .pointer),
            ("rseq_len", .unsigned), ("flags", .int), ("sig", .unsigned)),
        .init(
            "rseq_slice_yield", 471, 471, .threads, .harmless,
            "gives the rest of an extended time slice back", nil),
        .init(
            "arch_prctl", 158, nil, .threads, .byArguments,
            "sets thread registers and asks for features of the processor",
            "moves the thread's storage, and unlocks features of the processor",
            ("option", .archOption),
            ("arg2", .size)),
        .init(
            "set_thread_area", 205, nil, .threads, .limited,
            "sets a segment for thread storage; for 32-bit programs",
            "old code of the processor's architecture", ("u_info", .pointer)),
        .init(
            "get_thread_area", 211, nil, .threads, .limited,
            "tells a segment for thread storage; for 32-bit programs",
            "old code of the processor's architecture", ("u_info", .pointer)),
        .init("exit", 60, 93, .threads, .harmless, "ends the thread", nil, ("error_code", .int)),
        .init(
            "exit_group", 231, 94, .threads, .harmless, "ends the process", nil,
            ("error_code", .int)),
    ]
}
