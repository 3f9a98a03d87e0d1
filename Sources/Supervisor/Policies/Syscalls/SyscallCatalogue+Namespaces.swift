extension SyscallCatalogue {
    /// Calls for namespaces and mounts.
    static let namespaces: [SyscallEntry] = [
        .init(
            "unshare", 272, 97, .namespaces, .dangerous, "leaves namespaces for new ones",
            "with a user namespace capabilities over much of the kernel",
            ("unshare_flags", .cloneFlags)),
        .init(
            "setns", 308, 268, .namespaces, .dangerous, "enters the namespaces of others",
            "with CAP_SYS_ADMIN another container or the host", ("fd", .descriptor),
            ("nstype", .cloneFlags)),
        .init(
            "pivot_root", 155, 41, .namespaces, .dangerous, "changes the root mount",
            "with CAP_SYS_ADMIN a file system of the attacker's making", ("new_root", .pointer),
            ("put_old", .pointer)),
        .init(
            "mount", 165, 40, .namespaces, .dangerous, "attaches a file system",
            "with CAP_SYS_ADMIN any file system, and its code on data of the attacker's making",
            ("dev_name", .pointer), ("dir_name", .pointer), ("type", .pointer), ("flags", .size),
            ("data", .pointer)),
        .init(
            "umount2", 166, 39, .namespaces, .dangerous, "detaches a file system",
            "with CAP_SYS_ADMIN what a mount covers", ("name", .pointer), ("flags", .int)),
        .init(
            "move_mount", 429, 429, .namespaces, .dangerous, "moves or attaches a mount",
            "with CAP_SYS_ADMIN any file system", ("from_dfd", .descriptor),
            ("from_pathname", .pointer), ("to_dfd", .descriptor), ("to_pathname", .pointer),
            ("flags", .unsigned)),
        .init(
            "open_tree", 428, 428, .namespaces, .dangerous, "opens a mount, or a copy of it",
            "with CAP_SYS_ADMIN mounts in another place", ("dfd", .descriptor),
            ("filename", .pointer), ("flags", .unsigned)),
        .init(
            "open_tree_attr", 467, 467, .namespaces, .dangerous,
            "open_tree that also sets attributes", "with CAP_SYS_ADMIN mounts in another place",
            ("dfd", .descriptor), ("filename", .pointer), ("flags", .unsigned), ("uattr", .pointer),
            ("usize", .size)),
        .init(
            "fsopen", 430, 430, .namespaces, .dangerous, "begins to set up a file system",
            "with CAP_SYS_ADMIN any file system, and its code on data of the attacker's making, as CVE-2022-0185",
            ("_fs_name", .pointer), ("flags", .unsigned)),
        .init(
            "fsconfig", 431, 431, .namespaces, .dangerous, "sets up a file system",
            "with CAP_SYS_ADMIN any file system, and its code on data of the attacker's making, as CVE-2022-0185",
            ("fd", .descriptor), ("cmd", .unsigned), ("_key", .pointer), ("_value", .pointer),
            ("aux", .int)),
        .init(
            "fsmount", 432, 432, .namespaces, .dangerous, "makes a mount of a file system",
            "with CAP_SYS_ADMIN any file system", ("fs_fd", .descriptor), ("flags", .unsigned),
            ("attr_flags", .unsigned)),
        .init(
            "fspick", 433, 433, .namespaces, .dangerous, "opens a file system to set it up again",
            "with CAP_SYS_ADMIN other settings of mounted file systems", ("dfd", .descriptor),
            ("path", .pointer), ("flags", .unsigned)),
        .init(
            "mount_setattr", 442, 442, .namespaces, .dangerous, "changes what a mount permits",
            "with CAP_SYS_ADMIN writing where mounts are read-only", ("dfd", .descriptor),
            ("path", .pointer), ("flags", .atFlags), ("uattr", .pointer), ("usize", .size)),
        .init(
            "statmount", 457, 457, .namespaces, .limited, "describes a mount",
            "paths and kinds of mounts", ("req", .pointer), ("buf", .pointer), ("bufsize", .size),
            ("flags", .unsigned)),
        .init(
            "listmount", 458, 458, .namespaces, .limited, "lists mounts",
            "how many mounts there are", ("req", .pointer), ("mnt_ids", .pointer),
            ("nr_mnt_ids", .size), ("flags", .unsigned)),
        .init(
            "listns", 470, 470, .namespaces, .limited, "lists namespaces",
            "which namespaces there are", ("req", .pointer), ("ns_ids", .pointer),
            ("nr_ns_ids", .size), ("flags", .unsigned)),
    ]
}
