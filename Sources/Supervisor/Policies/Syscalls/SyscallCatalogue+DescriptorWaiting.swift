extension SyscallCatalogue {
    /// Calls that wait for descriptors, and queues of requests to the kernel.
    static let descriptorWaiting: [SyscallEntry] = [
        .init(
            "select", 23, nil, .descriptors, .limited, "waits for descriptors",
            "tells which descriptors are held", ("n", .int), ("inp", .pointer), ("outp", .pointer),
            ("exp", .pointer), ("tvp", .pointer)),
        .init(
            "pselect6", 270, 72, .descriptors, .limited, "select with a signal mask",
            "tells which descriptors are held", ("n", .int), ("inp", .pointer), ("outp", .pointer),
            ("exp", .pointer), ("tsp", .pointer), ("sig", .pointer)),
        .init(
            "poll", 7, nil, .descriptors, .limited, "waits for descriptors",
            "tells which descriptors are held", ("ufds", .pointer), ("nfds", .unsigned),
            ("timeout_msecs", .int)),
        .init(
            "ppoll", 271, 73, .descriptors, .limited, "poll with a signal mask",
            "tells which descriptors are held", ("ufds", .pointer), ("nfds", .unsigned),
            ("tsp", .pointer), ("sigmask", .pointer), ("sigsetsize", .size)),
        .init(
            "epoll_create", 213, nil, .descriptors, .limited,
            "makes a set of descriptors to wait for",
            "kernel objects that refer to each other, a source of flaws", ("size", .int)),
        .init(
            "epoll_create1", 291, 20, .descriptors, .limited, "epoll_create with flags",
            "kernel objects that refer to each other, a source of flaws", ("flags", .openFlags)),
        .init(
            "epoll_ctl", 233, 21, .descriptors, .limited,
            "changes a set of descriptors to wait for",
            "kernel objects that refer to each other, a source of flaws", ("epfd", .descriptor),
            ("op", .int), ("fd", .descriptor), ("event", .pointer)),
        .init(
            "epoll_wait", 232, nil, .descriptors, .limited, "waits for a set of descriptors",
            "little beyond epoll_ctl", ("epfd", .descriptor), ("events", .pointer),
            ("maxevents", .int), ("timeout", .int)),
        .init(
            "epoll_pwait", 281, 22, .descriptors, .limited, "epoll_wait with a signal mask",
            "little beyond epoll_ctl", ("epfd", .descriptor), ("events", .pointer),
            ("maxevents", .int), ("timeout", .int), ("sigmask", .pointer), ("sigsetsize", .size)),
        .init(
            "epoll_pwait2", 441, 441, .descriptors, .limited,
            "epoll_pwait with a time in nanoseconds", "little beyond epoll_ctl",
            ("epfd", .descriptor), ("events", .pointer), ("maxevents", .int), ("timeout", .pointer),
            ("sigmask", .pointer), ("sigsetsize", .size)),
        .init(
            "epoll_ctl_old", 214, nil, .descriptors, .limited,
            "an early epoll_ctl that no kernel carries out", "nothing today: ENOSYS"),
        .init(
            "epoll_wait_old", 215, nil, .descriptors, .limited,
            "an early epoll_wait that no kernel carries out", "nothing today: ENOSYS"),
        .init(
            "eventfd", 284, nil, .descriptors, .limited, "makes a counter that can be waited for",
            "a kernel object", ("count", .unsigned)),
        .init(
            "eventfd2", 290, 19, .descriptors, .limited, "eventfd with flags", "a kernel object",
            ("count", .unsigned), ("flags", .openFlags)),
        .init(
            "signalfd", 282, nil, .descriptors, .limited, "makes a descriptor that reads signals",
            "a kernel object", ("ufd", .descriptor), ("user_mask", .pointer), ("sizemask", .size)),
        .init(
            "signalfd4", 289, 74, .descriptors, .limited, "signalfd with flags", "a kernel object",
            ("ufd", .descriptor), ("user_mask", .pointer), ("sizemask", .size),
            ("flags", .openFlags)),
        .init(
            "io_setup", 206, 0, .descriptors, .dangerous,
            "makes a queue for asynchronous input and output",
            "reads and writes that happen where no filter sees them", ("nr_reqs", .unsigned),
            ("ctx", .pointer)),
        .init(
            "io_destroy", 207, 1, .descriptors, .limited, "removes a queue of io_setup",
            "little without io_setup", ("ctx", .size)),
        .init(
            "io_submit", 209, 2, .descriptors, .dangerous, "queues asynchronous reads and writes",
            "reads and writes on any held descriptor, unseen by conditions on read and write",
            ("ctx_id", .size), ("nr", .size), ("iocbpp", .pointer)),
        .init(
            "io_cancel", 210, 3, .descriptors, .limited, "cancels what io_submit queued",
            "little without io_setup", ("ctx_id", .size), ("iocb", .pointer), ("result", .pointer)),
        .init(
            "io_getevents", 208, 4, .descriptors, .limited, "takes results of io_submit",
            "little without io_setup", ("ctx_id", .size), ("min_nr", .size), ("nr", .size),
            ("events", .pointer), ("timeout", .pointer)),
        .init(
            "io_pgetevents", 333, 292, .descriptors, .limited, "io_getevents with a signal mask",
            "little without io_setup", ("ctx_id", .size), ("min_nr", .size), ("nr", .size),
            ("events", .pointer), ("timeout", .pointer), ("usig", .pointer)),
        .init(
            "io_uring_setup", 425, 425, .descriptors, .dangerous,
            "makes a ring of requests to the kernel",
            "files, sockets and processes by requests that no filter sees, and a long list of flaws",
            ("entries", .unsigned), ("params", .pointer)),
        .init(
            "io_uring_enter", 426, 426, .descriptors, .dangerous,
            "submits requests of a ring and waits for them", "what io_uring_setup gives",
            ("fd", .descriptor), ("to_submit", .unsigned), ("min_complete", .unsigned),
            ("flags", .unsigned), ("argp", .pointer), ("argsz", .size)),
        .init(
            "io_uring_register", 427, 427, .descriptors, .dangerous,
            "gives a ring buffers, files and settings", "what io_uring_setup gives",
            ("fd", .descriptor), ("opcode", .unsigned), ("arg", .pointer), ("nr_args", .unsigned)),
        .init(
            "sync_file_range", 277, 84, .descriptors, .limited, "writes part of a file to the disk",
            "load on the disk", ("fd", .descriptor), ("offset", .offset), ("nbytes", .offset),
            ("flags", .unsigned)),
        .init(
            "fsync", 74, 82, .descriptors, .limited, "writes a file to the disk",
            "load on the disk", ("fd", .descriptor)),
        .init(
            "fdatasync", 75, 83, .descriptors, .limited, "writes a file's contents to the disk",
            "load on the disk", ("fd", .descriptor)),
        .init(
            "readahead", 187, 213, .descriptors, .limited, "reads part of a file ahead",
            "load on the disk", ("fd", .descriptor), ("offset", .offset), ("count", .size)),
        .init(
            "fadvise64", 221, 223, .descriptors, .limited, "tells how a file will be read",
            "load on the disk, and what of it is cached", ("fd", .descriptor), ("offset", .offset),
            ("len", .offset), ("advice", .int)),
        .init(
            "cachestat", 451, 451, .descriptors, .limited, "tells how much of a file is in memory",
            "shows what others have read lately", ("fd", .descriptor), ("cstat_range", .pointer),
            ("cstat", .pointer), ("flags", .unsigned)),
    ]
}
