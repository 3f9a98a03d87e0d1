extension SyscallCatalogue {
    /// Calls for the kernel itself: modules, hardware, security, chance.
    static let kernel: [SyscallEntry] = [
        .init(
            "reboot", 169, 142, .kernel, .dangerous, "stops or restarts the machine",
            "with CAP_SYS_BOOT the end of all service", ("magic1", .int), ("magic2", .int),
            ("cmd", .unsigned), ("arg", .pointer)),
        .init(
            "kexec_load", 246, 104, .kernel, .dangerous, "loads another kernel",
            "with CAP_SYS_BOOT a kernel of the attacker's making", ("entry", .size),
            ("nr_segments", .size), ("segments", .pointer), ("flags", .size)),
        .init(
            "kexec_file_load", 320, 294, .kernel, .dangerous, "loads another kernel from a file",
            "with CAP_SYS_BOOT a kernel of the attacker's making", ("kernel_fd", .descriptor),
            ("initrd_fd", .descriptor), ("cmdline_len", .size), ("cmdline_ptr", .pointer),
            ("flags", .size)),
        .init(
            "init_module", 175, 105, .kernel, .dangerous, "loads a kernel module",
            "with CAP_SYS_MODULE code in the kernel", ("umod", .pointer), ("len", .size),
            ("uargs", .pointer)),
        .init(
            "finit_module", 313, 273, .kernel, .dangerous, "loads a kernel module from a file",
            "with CAP_SYS_MODULE code in the kernel", ("fd", .descriptor), ("uargs", .pointer),
            ("flags", .int)),
        .init(
            "delete_module", 176, 106, .kernel, .dangerous, "removes a kernel module",
            "with CAP_SYS_MODULE defences that are modules", ("name_user", .pointer),
            ("flags", .unsigned)),
        .init(
            "create_module", 174, nil, .kernel, .dangerous,
            "an early way to load a module; gone since Linux 2.6", "nothing today: ENOSYS"),
        .init(
            "query_module", 178, nil, .kernel, .dangerous,
            "an early way to ask for modules; gone since Linux 2.6", "nothing today: ENOSYS"),
        .init(
            "get_kernel_syms", 177, nil, .kernel, .dangerous,
            "an early way to ask for the kernel's symbols; gone since Linux 2.6",
            "nothing today: ENOSYS"),
        .init(
            "iopl", 172, nil, .kernel, .dangerous, "opens all input and output ports",
            "with CAP_SYS_RAWIO the hardware", ("level", .unsigned)),
        .init(
            "ioperm", 173, nil, .kernel, .dangerous, "opens input and output ports",
            "with CAP_SYS_RAWIO the hardware", ("from", .size), ("num", .size), ("turn_on", .int)),
        .init(
            "swapon", 167, 224, .kernel, .dangerous, "begins to swap to a file or device",
            "with CAP_SYS_ADMIN memory of all processes in a file", ("specialfile", .pointer),
            ("swap_flags", .int)),
        .init(
            "swapoff", 168, 225, .kernel, .dangerous, "ends swapping to a file or device",
            "with CAP_SYS_ADMIN a machine without memory", ("specialfile", .pointer)),
        .init(
            "syslog", 103, 116, .kernel, .dangerous, "reads and clears the kernel's log",
            "addresses of the kernel and what other programs do", ("type", .int), ("buf", .pointer),
            ("len", .int)),
        .init(
            "_sysctl", 156, nil, .kernel, .dangerous,
            "reads and changes settings of the kernel; gone since Linux 5.5",
            "nothing today: ENOSYS", ("args", .pointer)),
        .init(
            "nfsservctl", 180, 42, .kernel, .dangerous,
            "spoke to the kernel's NFS server; gone since Linux 3.1", "nothing today: ENOSYS"),
        .init(
            "seccomp", 317, 277, .kernel, .byArguments,
            "adds a filter, or asks what filters can do",
            "further filters: calls that fail where a program does not expect it, and code with a history of flaws",
            ("op", .unsigned), ("flags", .unsigned), ("uargs", .pointer)),
        .init(
            "landlock_create_ruleset", 444, 444, .kernel, .limited,
            "begins a set of Landlock rules", "further restrictions of the process",
            ("attr", .pointer), ("size", .size), ("flags", .unsigned)),
        .init(
            "landlock_add_rule", 445, 445, .kernel, .limited, "adds a Landlock rule",
            "further restrictions of the process", ("ruleset_fd", .descriptor),
            ("rule_type", .unsigned), ("rule_attr", .pointer), ("flags", .unsigned)),
        .init(
            "landlock_restrict_self", 446, 446, .kernel, .limited, "puts Landlock rules into force",
            "further restrictions of the process", ("ruleset_fd", .descriptor), ("flags", .unsigned)
        ),
        .init(
            "lsm_get_self_attr", 459, 459, .kernel, .limited,
            "tells how security modules label the process", "labels of the process",
            ("attr", .unsigned), ("ctx", .pointer), ("size", .pointer), ("flags", .unsigned)),
        .init(
            "lsm_set_self_attr", 460, 460, .kernel, .dangerous,
            "changes how security modules label the process",
            "another profile, where a module permits it", ("attr", .unsigned), ("ctx", .pointer),
            ("size", .size), ("flags", .unsigned)),
        .init(
            "lsm_list_modules", 461, 461, .kernel, .limited, "lists the security modules",
            "which defences the kernel has", ("ids", .pointer), ("size", .pointer),
            ("flags", .unsigned)),
        .init(
            "getrandom", 318, 278, .kernel, .harmless, "gives random bytes", nil, ("buf", .pointer),
            ("count", .size), ("flags", .randomFlags)),
        .init(
            "afs_syscall", 183, nil, .kernel, .limited, "kept for the Andrew file system",
            "nothing: ENOSYS"),
        .init(
            "tuxcall", 184, nil, .kernel, .limited, "kept for a web server in the kernel",
            "nothing: ENOSYS"),
        .init(
            "security", 185, nil, .kernel, .limited, "kept for security modules", "nothing: ENOSYS"),
        .init("vserver", 236, nil, .kernel, .limited, "kept for Linux-VServer", "nothing: ENOSYS"),
        .init(
            "getpmsg", 181, nil, .kernel, .limited, "kept for System V streams", "nothing: ENOSYS"),
        .init(
            "putpmsg", 182, nil, .kernel, .limited, "kept for System V streams", "nothing: ENOSYS"),
    ]
}
