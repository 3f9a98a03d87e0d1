extension SyscallCatalogue {
    /// Calls for what files are, and for whole file systems.
    static let fileAttributes: [SyscallEntry] = [
        .init(
            "umask", 95, 166, .files, .limited, "changes which permissions new files lack",
            "permissions of files that are made later", ("mask", .permissions)),
        .init(
            "utime", 132, nil, .files, .dangerous, "changes a file's times",
            "hides that a file was changed", ("filename", .pointer), ("times", .pointer)),
        .init(
            "utimes", 235, nil, .files, .dangerous, "changes a file's times",
            "hides that a file was changed", ("filename", .pointer), ("utimes", .pointer)),
        .init(
            "futimesat", 261, nil, .files, .dangerous, "utimes beneath a folder",
            "hides that a file was changed", ("dfd", .descriptor), ("filename", .pointer),
            ("utimes", .pointer)),
        .init(
            "utimensat", 280, 88, .files, .dangerous, "changes a file's times to the nanosecond",
            "hides that a file was changed", ("dfd", .descriptor), ("filename", .pointer),
            ("utimes", .pointer), ("flags", .atFlags)),
        .init(
            "truncate", 76, 45, .files, .dangerous, "changes a file's length",
            "empties files of the account", ("path", .pointer), ("length", .offset)),
        .init(
            "ftruncate", 77, 46, .files, .limited, "changes an open file's length",
            "empties held files, or makes them large", ("fd", .descriptor), ("length", .offset)),
        .init(
            "fallocate", 285, 47, .files, .limited, "reserves or frees a part of a file",
            "fills the disk through held files", ("fd", .descriptor), ("mode", .int),
            ("offset", .offset), ("len", .offset)),
        .init(
            "flock", 73, 32, .files, .limited, "locks an open file", "stops others who lock it",
            ("fd", .descriptor), ("cmd", .int)),
        .init(
            "sync", 162, 81, .files, .limited, "writes all file systems to their disks",
            "load on every disk"),
        .init(
            "syncfs", 306, 267, .files, .limited, "writes one file system to its disk",
            "load on the disk", ("fd", .descriptor)),
        .init(
            "statfs", 137, 43, .files, .dangerous, "describes a file system by path",
            "which file systems there are", ("pathname", .pointer), ("buf", .pointer)),
        .init(
            "fstatfs", 138, 44, .files, .limited, "describes the file system of an open file",
            "which file system a held file is on", ("fd", .descriptor), ("buf", .pointer)),
        .init(
            "ustat", 136, nil, .files, .limited, "describes a file system by device",
            "which file systems there are", ("dev", .unsigned), ("ubuf", .pointer)),
        .init(
            "sysfs", 139, nil, .files, .limited, "lists the kinds of file systems",
            "which file systems the kernel has", ("option", .int), ("arg1", .size), ("arg2", .size)),
        .init(
            "setxattr", 188, 5, .files, .dangerous, "sets an extended attribute",
            "labels and access lists of files of the account", ("pathname", .pointer),
            ("name", .pointer), ("value", .pointer), ("size", .size), ("flags", .int)),
        .init(
            "lsetxattr", 189, 6, .files, .dangerous, "setxattr without following a link",
            "labels and access lists of files of the account", ("pathname", .pointer),
            ("name", .pointer), ("value", .pointer), ("size", .size), ("flags", .int)),
        .init(
            "fsetxattr", 190, 7, .files, .dangerous, "setxattr of an open file",
            "labels and access lists of held files", ("fd", .descriptor), ("name", .pointer),
            ("value", .pointer), ("size", .size), ("flags", .int)),
        .init(
            "setxattrat", 463, 463, .files, .dangerous, "setxattr beneath a folder",
            "labels and access lists of files of the account", ("dfd", .descriptor),
            ("pathname", .pointer), ("at_flags", .atFlags), ("name", .pointer), ("uargs", .pointer),
            ("usize", .size)),
        .init(
            "getxattr", 191, 8, .files, .dangerous, "reads an extended attribute",
            "labels and access lists", ("pathname", .pointer), ("name", .pointer),
            ("value", .pointer), ("size", .size)),
        .init(
            "lgetxattr", 192, 9, .files, .dangerous, "getxattr without following a link",
            "labels and access lists", ("pathname", .pointer), ("name", .pointer),
            ("value", .pointer), ("size", .size)),
        .init(
            "fgetxattr", 193, 10, .files, .limited, "getxattr of an open file",
            "labels and access lists of held files", ("fd", .descriptor), ("name", .pointer),
            ("value", .pointer), ("size", .size)),
        .init(
            "getxattrat", 464, 464, .files, .dangerous, "getxattr beneath a folder",
            "labels and access lists", ("dfd", .descriptor), ("pathname", .pointer),
            ("at_flags", .atFlags), ("name", .pointer), ("uargs", .pointer), ("usize", .size)),
        .init(
            "listxattr", 194, 11, .files, .dangerous, "lists extended attributes",
            "labels and access lists", ("pathname", .pointer), ("list", .pointer), ("size", .size)),
        .init(
            "llistxattr", 195, 12, .files, .dangerous, "listxattr without following a link",
            "labels and access lists", ("pathname", .pointer), ("list", .pointer), ("size", .size)),
        .init(
            "flistxattr", 196, 13, .files, .limited, "listxattr of an open file",
            "labels and access lists of held files", ("fd", .descriptor), ("list", .pointer),
            ("size", .size)),
        .init(
            "listxattrat", 465, 465, .files, .dangerous, "listxattr beneath a folder",
            "labels and access lists", ("dfd", .descriptor), ("pathname", .pointer),
            ("at_flags", .atFlags), ("list", .pointer), ("size", .size)),
        .init(
            "removexattr", 197, 14, .files, .dangerous, "removes an extended attribute",
            "labels and access lists of files of the account", ("pathname", .pointer),
            ("name", .pointer)),
        .init(
            "lremovexattr", 198, 15, .files, .dangerous, "removexattr without following a link",
            "labels and access lists of files of the account", ("pathname", .pointer),
            ("name", .pointer)),
        .init(
            "fremovexattr", 199, 16, .files, .dangerous, "removexattr of an open file",
            "labels and access lists of held files", ("fd", .descriptor), ("name", .pointer)),
        .init(
            "removexattrat", 466, 466, .files, .dangerous, "removexattr beneath a folder",
            "labels and access lists of files of the account", ("dfd", .descriptor),
            ("pathname", .pointer), ("at_flags", .atFlags), ("name", .pointer)),
        .init(
            "file_getattr", 468, 468, .files, .dangerous, "reads a file's flags, such as immutable",
            "flags of files", ("dfd", .descriptor), ("filename", .pointer), ("ufattr", .pointer),
            ("usize", .size), ("at_flags", .atFlags)),
        .init(
            "file_setattr", 469, 469, .files, .dangerous, "sets a file's flags, such as immutable",
            "files that cannot be changed or removed any more", ("dfd", .descriptor),
            ("filename", .pointer), ("ufattr", .pointer), ("usize", .size), ("at_flags", .atFlags)),
        .init(
            "inotify_init", 253, nil, .files, .limited, "makes a queue that tells of changed files",
            "a kernel object"),
        .init(
            "inotify_init1", 294, 26, .files, .limited, "inotify_init with flags",
            "a kernel object", ("flags", .openFlags)),
        .init(
            "inotify_add_watch", 254, 27, .files, .dangerous, "watches a file or folder",
            "what others do with files", ("fd", .descriptor), ("pathname", .pointer),
            ("mask", .unsigned)),
        .init(
            "inotify_rm_watch", 255, 28, .files, .limited, "ends a watch",
            "little without inotify_add_watch", ("fd", .descriptor), ("wd", .int)),
        .init(
            "fanotify_init", 300, 262, .files, .dangerous,
            "makes a queue that tells of used files, and may decide",
            "what the whole machine does with files", ("flags", .unsigned),
            ("event_f_flags", .openFlags)),
        .init(
            "fanotify_mark", 301, 263, .files, .dangerous, "watches files, mounts or file systems",
            "what the whole machine does with files", ("fanotify_fd", .descriptor),
            ("flags", .unsigned), ("mask", .size), ("dfd", .descriptor), ("pathname", .pointer)),
        .init(
            "lookup_dcookie", 212, 18, .files, .dangerous,
            "gives the path of a profiler's cookie; gone since Linux 6.7",
            "paths of files that others use", ("cookie64", .size), ("buf", .pointer), ("len", .size)
        ),
        .init(
            "quotactl", 179, 60, .files, .dangerous, "asks and changes disk quotas",
            "with CAP_SYS_ADMIN the quotas of all accounts", ("cmd", .unsigned),
            ("special", .pointer), ("id", .unsigned), ("addr", .pointer)),
        .init(
            "quotactl_fd", 443, 443, .files, .dangerous, "quotactl of an open file system",
            "with CAP_SYS_ADMIN the quotas of all accounts", ("fd", .descriptor),
            ("cmd", .unsigned), ("id", .unsigned), ("addr", .pointer)),
        .init(
            "uselib", 134, nil, .files, .dangerous,
            "loads a shared library; gone from today's kernels",
            "code from a file, where a kernel still has it", ("library", .pointer)),
    ]
}
