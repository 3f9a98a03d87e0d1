extension SyscallCatalogue {
    /// Calls for memory.
    static let memory: [SyscallEntry] = [
        .init(
            "brk", 12, 214, .memory, .harmless, "moves the end of the heap", nil, ("brk", .pointer)),
        .init(
            "mmap", 9, 222, .memory, .byArguments, "maps memory or a file",
            "with PROT_EXEC code of the attacker's making, with a descriptor the file behind it",
            ("addr", .pointer), ("len", .size), ("prot", .protection), ("flags", .mapFlags),
            ("fd", .descriptor), ("off", .offset)),
        .init(
            "munmap", 11, 215, .memory, .limited, "unmaps memory",
            "holes where the program expects memory", ("addr", .pointer), ("len", .size)),
        .init(
            "mprotect", 10, 226, .memory, .byArguments, "changes what memory may be used for",
            "with PROT_EXEC code of the attacker's making", ("start", .pointer), ("len", .size),
            ("prot", .protection)),
        .init(
            "pkey_mprotect", 329, 288, .memory, .byArguments, "mprotect with a protection key",
            "with PROT_EXEC code of the attacker's making", ("start", .pointer), ("len", .size),
            ("prot", .protection), ("pkey", .int)),
        .init(
            "pkey_alloc", 330, 289, .memory, .limited, "takes a protection key",
            "a key of the process", ("flags", .size), ("init_val", .size)),
        .init(
            "pkey_free", 331, 290, .memory, .limited, "gives a protection key back",
            "a key of the process", ("pkey", .int)),
        .init(
            "mremap", 25, 216, .memory, .limited, "grows, shrinks or moves a mapping",
            "with MREMAP_FIXED memory that replaces other memory", ("addr", .pointer),
            ("old_len", .size), ("new_len", .size), ("flags", .remapFlags), ("new_addr", .pointer)),
        .init(
            "madvise", 28, 233, .memory, .byArguments, "tells the kernel how memory will be used",
            "throws pages away, and reaches much of the kernel's memory code by rare advice",
            ("start", .pointer), ("len", .size), ("behavior", .advice)),
        .init(
            "process_madvise", 440, 440, .memory, .dangerous, "madvise for another process",
            "memory of other processes of the account", ("pidfd", .descriptor), ("vec", .pointer),
            ("vlen", .size), ("behavior", .advice), ("flags", .unsigned)),
        .init(
            "process_mrelease", 448, 448, .memory, .dangerous,
            "frees the memory of a dying process", "disturbs other processes of the account",
            ("pidfd", .descriptor), ("flags", .unsigned)),
        .init(
            "mincore", 27, 232, .memory, .limited, "tells which pages are in memory",
            "shows what others have used of shared files", ("start", .pointer), ("len", .size),
            ("vec", .pointer)),
        .init(
            "mlock", 149, 228, .memory, .limited, "keeps memory from being swapped out",
            "memory that cannot be taken back", ("start", .pointer), ("len", .size)),
        .init(
            "mlock2", 325, 284, .memory, .limited, "mlock with flags",
            "memory that cannot be taken back", ("start", .pointer), ("len", .size), ("flags", .int)
        ),
        .init(
            "munlock", 150, 229, .memory, .harmless, "ends mlock", nil, ("start", .pointer),
            ("len", .size)),
        .init(
            "mlockall", 151, 230, .memory, .limited, "mlock for the whole process",
            "memory that cannot be taken back", ("flags", .int)),
        .init("munlockall", 152, 231, .memory, .harmless, "ends mlockall", nil),
        .init(
            "mseal", 462, 462, .memory, .limited, "makes mappings that cannot be changed any more",
            "memory that the process cannot give back", ("start", .pointer), ("len", .size),
            ("flags", .size)),
        .init(
            "msync", 26, 227, .memory, .limited, "writes a mapped file to the disk",
            "load on the disk", ("start", .pointer), ("len", .size), ("flags", .int)),
        .init(
            "remap_file_pages", 216, 234, .memory, .limited,
            "changes the order of a mapped file's pages",
            "old code of the kernel with a history of flaws", ("start", .pointer), ("size", .size),
            ("prot", .protection), ("pgoff", .size), ("flags", .mapFlags)),
        .init(
            "memfd_create", 319, 279, .memory, .limited, "makes a file that lives in memory",
            "a place for a program that execveat could run", ("uname", .pointer),
            ("flags", .unsigned)),
        .init(
            "memfd_secret", 447, 447, .memory, .limited,
            "makes memory that the kernel itself cannot read",
            "memory that cannot be taken back or inspected", ("flags", .unsigned)),
        .init(
            "userfaultfd", 323, 282, .memory, .dangerous,
            "lets a process answer its own page faults",
            "stops the kernel in the middle of a copy, the tool of many exploits",
            ("flags", .openFlags)),
        .init(
            "map_shadow_stack", 453, 453, .memory, .limited, "maps a stack of return addresses",
            "a second place for return addresses", ("addr", .pointer), ("size", .size),
            ("flags", .unsigned)),
        .init(
            "mbind", 237, 235, .memory, .limited, "sets from which memory node a range comes",
            "where memory lies, and rarely used code of the kernel", ("start", .pointer),
            ("len", .size), ("mode", .size), ("nmask", .pointer), ("maxnode", .size),
            ("flags", .unsigned)),
        .init(
            "set_mempolicy", 238, 237, .memory, .limited,
            "sets from which memory node new memory comes",
            "where memory lies, and rarely used code of the kernel", ("mode", .int),
            ("nmask", .pointer), ("maxnode", .size)),
        .init(
            "get_mempolicy", 239, 236, .memory, .limited,
            "tells from which memory node memory comes", "where memory lies", ("policy", .pointer),
            ("nmask", .pointer), ("maxnode", .size), ("addr", .pointer), ("flags", .size)),
        .init(
            "set_mempolicy_home_node", 450, 450, .memory, .limited,
            "names the nearest memory node of a range", "where memory lies", ("start", .pointer),
            ("len", .size), ("home_node", .size), ("flags", .size)),
        .init(
            "migrate_pages", 256, 238, .memory, .dangerous,
            "moves a process's memory to other nodes", "load on other processes of the account",
            ("pid", .processID), ("maxnode", .size), ("old_nodes", .pointer),
            ("new_nodes", .pointer)),
        .init(
            "move_pages", 279, 239, .memory, .dangerous,
            "moves single pages to other nodes, or tells where they are",
            "load on other processes of the account", ("pid", .processID), ("nr_pages", .size),
            ("pages", .pointer), ("nodes", .pointer), ("status", .pointer), ("flags", .int)),
        .init(
            "shmget", 29, 194, .memory, .dangerous, "makes or finds a System V memory segment",
            "memory shared with other processes", ("key", .int), ("size", .size), ("flag", .int)),
        .init(
            "shmat", 30, 196, .memory, .dangerous, "maps a System V memory segment",
            "memory shared with other processes", ("shmid", .int), ("shmaddr", .pointer),
            ("shmflg", .int)),
        .init(
            "shmdt", 67, 197, .memory, .limited, "unmaps a System V memory segment",
            "little without shmat", ("shmaddr", .pointer)),
        .init(
            "shmctl", 31, 195, .memory, .dangerous,
            "asks, changes or removes a System V memory segment",
            "memory shared with other processes", ("shmid", .int), ("cmd", .int), ("buf", .pointer)),
        .init(
            "membarrier", 324, 283, .memory, .limited, "makes other threads see memory in order",
            "interrupts on every processor", ("cmd", .int), ("flags", .unsigned), ("cpu_id", .int)),
        .init(
            "modify_ldt", 154, nil, .memory, .dangerous, "changes the table of memory segments",
            "old code of the processor's architecture with a history of flaws", ("func", .int),
            ("ptr", .pointer), ("bytecount", .size)),
    ]
}
