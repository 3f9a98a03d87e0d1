extension SyscallCatalogue {
    /// Calls on descriptors that are held, and for waiting on them.
    static let descriptors: [SyscallEntry] = [
        .init(
            "read", 0, 63, .descriptors, .limited, "reads from a descriptor",
            "whatever the descriptors that are held give to read", ("fd", .descriptor),
            ("buf", .pointer), ("count", .size)),
        .init(
            "write", 1, 64, .descriptors, .limited, "writes to a descriptor",
            "whatever the descriptors that are held take, such as the results of others",
            ("fd", .descriptor), ("buf", .pointer), ("count", .size)),
        .init(
            "readv", 19, 65, .descriptors, .limited, "reads from a descriptor into several buffers",
            "as read", ("fd", .descriptor), ("iov", .pointer), ("iovcnt", .unsigned)),
        .init(
            "writev", 20, 66, .descriptors, .limited, "writes several buffers to a descriptor",
            "as write", ("fd", .descriptor), ("iov", .pointer), ("iovcnt", .unsigned)),
        .init(
            "pread64", 17, 67, .descriptors, .limited, "reads at a place in a file",
            "as read, at any place of the file", ("fd", .descriptor), ("buf", .pointer),
            ("count", .size), ("offset", .offset)),
        .init(
            "pwrite64", 18, 68, .descriptors, .limited, "writes at a place in a file",
            "as write, at any place of the file", ("fd", .descriptor), ("buf", .pointer),
            ("count", .size), ("offset", .offset)),
        .init(
            "preadv", 295, 69, .descriptors, .limited,
            "reads at a place in a file into several buffers", "as pread64", ("fd", .descriptor),
            ("iov", .pointer), ("iovcnt", .unsigned), ("pos_l", .offset), ("pos_h", .offset)),
        .init(
            "pwritev", 296, 70, .descriptors, .limited,
            "writes several buffers at a place in a file", "as pwrite64", ("fd", .descriptor),
            ("iov", .pointer), ("iovcnt", .unsigned), ("pos_l", .offset), ("pos_h", .offset)),
        .init(
            "preadv2", 327, 286, .descriptors, .limited, "preadv with flags", "as pread64",
            ("fd", .descriptor), ("iov", .pointer), ("iovcnt", .unsigned), ("pos_l", .offset),
            ("pos_h", .offset), ("flags", .int)),
        .init(
            "pwritev2", 328, 287, .descriptors, .limited, "pwritev with flags", "as pwrite64",
            ("fd", .descriptor), ("iov", .pointer), ("iovcnt", .unsigned), ("pos_l", .offset),
            ("pos_h", .offset), ("flags", .int)),
        .init(
            "lseek", 8, 62, .descriptors, .limited, "moves the position in a file",
            "disturbs whoever shares the open file", ("fd", .descriptor), ("offset", .offset),
            ("whence", .seekWhence)),
        .init(
            "close", 3, 57, .descriptors, .limited, "closes a descriptor",
            "frees numbers, so that a later call gets a number that a rule permits",
            ("fd", .descriptor)),
        .init(
            "close_range", 436, 436, .descriptors, .limited,
            "closes a range of descriptors, or gives the thread a table of its own",
            "as close, for many at once", ("fd", .unsigned), ("max_fd", .unsigned),
            ("flags", .unsigned)),
        .init(
            "dup", 32, 23, .descriptors, .limited, "copies a descriptor to the lowest free number",
            "a held descriptor under a number that a rule permits", ("fildes", .descriptor)),
        .init(
            "dup2", 33, nil, .descriptors, .limited, "copies a descriptor to a number of choice",
            "a held descriptor under a number that a rule permits", ("oldfd", .descriptor),
            ("newfd", .descriptor)),
        .init(
            "dup3", 292, 24, .descriptors, .limited, "dup2 with flags",
            "a held descriptor under a number that a rule permits", ("oldfd", .descriptor),
            ("newfd", .descriptor), ("flags", .openFlags)),
        .init(
            "fcntl", 72, 25, .descriptors, .byArguments,
            "asks and changes what a descriptor is, and locks files",
            "copies descriptors, sends signals as their owner, locks files of others",
            ("fd", .descriptor), ("cmd", .fcntlCommand), ("arg", .size)),
        .init(
            "ioctl", 16, 29, .descriptors, .byArguments, "asks a driver for something of its own",
            "any driver behind a held descriptor: a terminal takes typed input, much old code of the kernel",
            ("fd", .descriptor), ("cmd", .ioctlRequest), ("arg", .size)),
        .init(
            "pipe", 22, nil, .descriptors, .limited, "makes a pipe",
            "memory of the kernel, and a tool of many exploits", ("fildes", .pointer)),
        .init(
            "pipe2", 293, 59, .descriptors, .limited, "makes a pipe, with flags",
            "memory of the kernel, and a tool of many exploits", ("fildes", .pointer),
            ("flags", .openFlags)),
        .init(
            "splice", 275, 76, .descriptors, .limited,
            "moves pages between a pipe and a descriptor",
            "page references into the kernel, as in CVE-2022-0847", ("fd_in", .descriptor),
            ("off_in", .pointer), ("fd_out", .descriptor), ("off_out", .pointer), ("len", .size),
            ("flags", .unsigned)),
        .init(
            "tee", 276, 77, .descriptors, .limited, "copies page references between pipes",
            "page references into the kernel, as in CVE-2022-0847", ("fdin", .descriptor),
            ("fdout", .descriptor), ("len", .size), ("flags", .unsigned)),
        .init(
            "vmsplice", 278, 75, .descriptors, .limited, "moves memory into a pipe without a copy",
            "page references into the kernel, a tool of many exploits", ("fd", .descriptor),
            ("iov", .pointer), ("nr_segs", .size), ("flags", .unsigned)),
        .init(
            "sendfile", 40, 71, .descriptors, .limited, "copies from one descriptor to another",
            "as read and write", ("out_fd", .descriptor), ("in_fd", .descriptor),
            ("offset", .pointer), ("count", .size)),
        .init(
            "copy_file_range", 326, 285, .descriptors, .limited,
            "copies between two files in the kernel", "as read and write", ("fd_in", .descriptor),
            ("off_in", .pointer), ("fd_out", .descriptor), ("off_out", .pointer), ("len", .size),
            ("flags", .unsigned)),
    ]
}
