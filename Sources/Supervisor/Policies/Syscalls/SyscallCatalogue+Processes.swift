extension SyscallCatalogue {
    /// Calls for processes and their limits.
    static let processes: [SyscallEntry] = [
        .init(
            "execve", 59, 221, .processes, .dangerous, "replaces the process by another program",
            "any program that is there, such as a shell", ("filename", .pointer),
            ("argv", .pointer), ("envp", .pointer)),
        .init(
            "execveat", 322, 281, .processes, .dangerous,
            "execve beneath a folder, or of an open file",
            "any program that is there, or that lies in memory only", ("dfd", .descriptor),
            ("filename", .pointer), ("argv", .pointer), ("envp", .pointer), ("flags", .atFlags)),
        .init(
            "fork", 57, nil, .processes, .dangerous, "makes a copy of the process",
            "processes that outlive the image, or as many as the limit permits"),
        .init(
            "vfork", 58, nil, .processes, .dangerous,
            "fork that shares memory until the child runs a program",
            "processes that outlive the image, or as many as the limit permits"),
        .init(
            "wait4", 61, 260, .processes, .limited,
            "waits for a child process and tells what it used", "little without child processes",
            ("upid", .processID), ("stat_addr", .pointer), ("options", .int), ("ru", .pointer)),
        .init(
            "waitid", 247, 95, .processes, .limited, "waits for a child process",
            "little without child processes", ("which", .int), ("upid", .processID),
            ("infop", .pointer), ("options", .int), ("ru", .pointer)),
        .init("getpid", 39, 172, .processes, .harmless, "gives the process's number", nil),
        .init(
            "getppid", 110, 173, .processes, .limited, "gives the parent's number",
            "a number to aim signals at"),
        .init("getpgrp", 111, nil, .processes, .harmless, "gives the process group", nil),
        .init(
            "getpgid", 121, 155, .processes, .limited, "gives the process group of a process",
            "which processes there are", ("pid", .processID)),
        .init(
            "setpgid", 109, 154, .processes, .limited, "moves a process to another group",
            "escapes signals that are for the group", ("pid", .processID), ("pgid", .processID)),
        .init(
            "getsid", 124, 156, .processes, .limited, "gives the session of a process",
            "which processes there are", ("pid", .processID)),
        .init(
            "setsid", 112, 157, .processes, .limited, "begins a session of its own",
            "escapes signals that are for the group"),
        .init(
            "prctl", 157, 167, .processes, .byArguments,
            "asks and changes what a process is: name, dumpability, capabilities, filters",
            "undoes hardening of the process: dumpable again, another speculation setting, another filter",
            ("option", .prctlOption), ("arg2", .size), ("arg3", .size), ("arg4", .size),
            ("arg5", .size)),
        .init(
            "pidfd_open", 434, 434, .processes, .dangerous, "makes a descriptor for a process",
            "a handle on other processes of the account", ("pid", .processID), ("flags", .openFlags)
        ),
        .init(
            "pidfd_getfd", 438, 438, .processes, .dangerous,
            "copies a descriptor out of another process", "files and sockets of other processes",
            ("pidfd", .descriptor), ("fd", .descriptor), ("flags", .unsigned)),
        .init(
            "pidfd_send_signal", 424, 424, .processes, .dangerous, "sends a signal by descriptor",
            "ends or disturbs other processes of the account", ("pidfd", .descriptor),
            ("sig", .signal), ("info", .pointer), ("flags", .unsigned)),
        .init(
            "kcmp", 312, 272, .processes, .dangerous, "tells whether two processes share something",
            "addresses of the kernel, in part, and what other processes hold", ("pid1", .processID),
            ("pid2", .processID), ("type", .int), ("idx1", .size), ("idx2", .size)),
        .init(
            "getrlimit", 97, 163, .processes, .limited, "tells a limit of the process",
            "how far the process may go", ("resource", .resource), ("rlim", .pointer)),
        .init(
            "setrlimit", 160, 164, .processes, .dangerous, "changes a limit of the process",
            "raises what stands below the hard limit", ("resource", .resource), ("rlim", .pointer)),
        .init(
            "prlimit64", 302, 261, .processes, .dangerous, "tells and changes a limit of a process",
            "limits of this and other processes of the account", ("pid", .processID),
            ("resource", .resource), ("new_rlim", .pointer), ("old_rlim", .pointer)),
        .init(
            "getrusage", 98, 165, .processes, .limited, "tells what the process has used",
            "fine times, for side channels", ("who", .int), ("ru", .pointer)),
        .init(
            "times", 100, 153, .processes, .limited, "tells the processor time used", "times",
            ("tbuf", .pointer)),
        .init(
            "acct", 163, 89, .processes, .dangerous, "records every process that ends",
            "with CAP_SYS_PACCT a file that the kernel writes", ("name", .pointer)),
        .init(
            "personality", 135, 92, .processes, .dangerous,
            "changes how the kernel treats the program",
            "turns address randomisation off, makes readable memory executable",
            ("personality", .unsigned)),
        .init(
            "vhangup", 153, 58, .processes, .dangerous, "closes the terminal of the session",
            "disturbs who uses the terminal"),
        .init(
            "restart_syscall", 219, 128, .processes, .harmless,
            "goes on with a call that a stop interrupted", nil),
    ]
}
