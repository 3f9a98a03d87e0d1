extension SyscallCatalogue {
    /// Calls for when threads run.
    static let scheduling: [SyscallEntry] = [
        .init("sched_yield", 24, 124, .scheduling, .harmless, "lets another thread run", nil),
        .init(
            "sched_getaffinity", 204, 123, .scheduling, .harmless,
            "tells on which processors a thread may run", nil, ("pid", .processID),
            ("len", .unsigned), ("user_mask_ptr", .pointer)),
        .init(
            "sched_setaffinity", 203, 122, .scheduling, .limited,
            "says on which processors a thread may run",
            "where it runs, for side channels and races", ("pid", .processID), ("len", .unsigned),
            ("user_mask_ptr", .pointer)),
        .init(
            "sched_getparam", 143, 121, .scheduling, .harmless,
            "tells a thread's real-time priority", nil, ("pid", .processID), ("param", .pointer)),
        .init(
            "sched_setparam", 142, 118, .scheduling, .limited, "sets a thread's real-time priority",
            "with CAP_SYS_NICE a processor for itself", ("pid", .processID), ("param", .pointer)),
        .init(
            "sched_getscheduler", 145, 120, .scheduling, .harmless,
            "tells how a thread is scheduled", nil, ("pid", .processID)),
        .init(
            "sched_setscheduler", 144, 119, .scheduling, .limited, "says how a thread is scheduled",
            "with CAP_SYS_NICE a processor for itself", ("pid", .processID), ("policy", .int),
            ("param", .pointer)),
        .init(
            "sched_getattr", 315, 275, .scheduling, .harmless,
            "tells all about a thread's scheduling", nil, ("pid", .processID), ("uattr", .pointer),
            ("usize", .unsigned), ("flags", .unsigned)),
        .init(
            "sched_setattr", 314, 274, .scheduling, .limited,
            "sets all about a thread's scheduling", "with CAP_SYS_NICE a processor for itself",
            ("pid", .processID), ("uattr", .pointer), ("flags", .unsigned)),
        .init(
            "sched_get_priority_max", 146, 125, .scheduling, .harmless,
            "tells the highest priority", nil, ("policy", .int)),
        .init(
            "sched_get_priority_min", 147, 126, .scheduling, .harmless, "tells the lowest priority",
            nil, ("policy", .int)),
        .init(
            "sched_rr_get_interval", 148, 127, .scheduling, .harmless,
            "tells the length of a time slice", nil, ("pid", .processID), ("interval", .pointer)),
        .init(
            "getpriority", 140, 141, .scheduling, .harmless, "tells how nice a process is", nil,
            ("which", .int), ("who", .int)),
        .init(
            "setpriority", 141, 140, .scheduling, .limited, "says how nice a process is",
            "slows other processes of the account down", ("which", .int), ("who", .int),
            ("niceval", .int)),
        .init(
            "ioprio_get", 252, 31, .scheduling, .harmless, "tells a process's priority at the disk",
            nil, ("which", .int), ("who", .int)),
        .init(
            "ioprio_set", 251, 30, .scheduling, .limited, "says a process's priority at the disk",
            "slows other processes of the account down", ("which", .int), ("who", .int),
            ("ioprio", .int)),
    ]
}
