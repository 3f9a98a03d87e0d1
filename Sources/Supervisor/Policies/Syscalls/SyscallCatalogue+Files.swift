extension SyscallCatalogue {
    /// Calls that find, open, make and remove files, and change who may use them.
    static let files: [SyscallEntry] = [
        .init(
            "open", 2, nil, .files, .dangerous, "opens a file",
            "every file that the account and the root permit", ("filename", .pointer),
            ("flags", .openFlags), ("mode", .permissions)),
        .init(
            "openat", 257, 56, .files, .dangerous,
            "opens a file, beneath a folder if the path is relative",
            "every file that the account and the root permit", ("dfd", .descriptor),
            ("filename", .pointer), ("flags", .openFlags), ("mode", .permissions)),
        .init(
            "openat2", 437, 437, .files, .dangerous,
            "openat with more ways to say what must not happen",
            "every file that the account and the root permit; its flags lie in memory, where no filter sees them",
            ("dfd", .descriptor), ("filename", .pointer), ("how", .pointer), ("usize", .size)),
        .init(
            "creat", 85, nil, .files, .dangerous, "makes or empties a file",
            "overwrites every file that the account may write", ("pathname", .pointer),
            ("mode", .permissions)),
        .init(
            "open_by_handle_at", 304, 265, .files, .dangerous, "opens a file by its handle",
            "files outside the root: the way out of containers, for who has CAP_DAC_READ_SEARCH",
            ("mountdirfd", .descriptor), ("handle", .pointer), ("flags", .openFlags)),
        .init(
            "name_to_handle_at", 303, 264, .files, .dangerous, "gives the handle of a file",
            "what open_by_handle_at takes", ("dfd", .descriptor), ("name", .pointer),
            ("handle", .pointer), ("mnt_id", .pointer), ("flag", .atFlags)),
        .init(
            "access", 21, nil, .files, .dangerous, "asks whether a file may be used",
            "which files there are", ("filename", .pointer), ("mode", .accessMode)),
        .init(
            "faccessat", 269, 48, .files, .dangerous, "access beneath a folder",
            "which files there are", ("dfd", .descriptor), ("filename", .pointer),
            ("mode", .accessMode)),
        .init(
            "faccessat2", 439, 439, .files, .dangerous, "faccessat with flags",
            "which files there are", ("dfd", .descriptor), ("filename", .pointer),
            ("mode", .accessMode), ("flags", .atFlags)),
        .init(
            "stat", 4, nil, .files, .dangerous, "describes a file by path",
            "which files there are, and whose", ("filename", .pointer), ("statbuf", .pointer)),
        .init(
            "lstat", 6, nil, .files, .dangerous, "stat without following a link",
            "which files there are, and whose", ("filename", .pointer), ("statbuf", .pointer)),
        .init(
            "fstat", 5, 80, .files, .limited, "describes an open file",
            "owner, size and times of held files", ("fd", .descriptor), ("statbuf", .pointer)),
        .init(
            "newfstatat", 262, 79, .files, .dangerous, "stat beneath a folder, or of a descriptor",
            "which files there are, and whose", ("dfd", .descriptor), ("filename", .pointer),
            ("statbuf", .pointer), ("flag", .atFlags)),
        .init(
            "statx", 332, 291, .files, .dangerous, "stat with more to tell",
            "which files there are, and whose", ("dfd", .descriptor), ("filename", .pointer),
            ("flags", .atFlags), ("mask", .unsigned), ("buffer", .pointer)),
        .init(
            "readlink", 89, nil, .files, .dangerous, "reads a symbolic link",
            "which files there are; /proc/self/exe and the like tell of the process",
            ("path", .pointer), ("buf", .pointer), ("bufsiz", .int)),
        .init(
            "readlinkat", 267, 78, .files, .dangerous, "readlink beneath a folder",
            "which files there are; /proc/self/exe and the like tell of the process",
            ("dfd", .descriptor), ("path", .pointer), ("buf", .pointer), ("bufsiz", .int)),
        .init(
            "getdents", 78, nil, .files, .limited, "lists an open folder", "names in held folders",
            ("fd", .descriptor), ("dirent", .pointer), ("count", .unsigned)),
        .init(
            "getdents64", 217, 61, .files, .limited, "lists an open folder",
            "names in held folders", ("fd", .descriptor), ("dirent", .pointer), ("count", .unsigned)
        ),
        .init(
            "getcwd", 79, 17, .files, .limited, "gives the path of the working folder",
            "where the process runs", ("buf", .pointer), ("size", .size)),
        .init(
            "chdir", 80, 49, .files, .dangerous, "changes the working folder",
            "where relative paths begin", ("filename", .pointer)),
        .init(
            "fchdir", 81, 50, .files, .dangerous, "changes the working folder to an open one",
            "where relative paths begin; with a held folder the way out of a chroot",
            ("fd", .descriptor)),
        .init(
            "chroot", 161, 51, .files, .dangerous, "changes the root folder",
            "with CAP_SYS_CHROOT a file system of the attacker's making", ("filename", .pointer)),
        .init(
            "mkdir", 83, nil, .files, .dangerous, "makes a folder", "changes the file system",
            ("pathname", .pointer), ("mode", .permissions)),
        .init(
            "mkdirat", 258, 34, .files, .dangerous, "mkdir beneath a folder",
            "changes the file system", ("dfd", .descriptor), ("pathname", .pointer),
            ("mode", .permissions)),
        .init(
            "rmdir", 84, nil, .files, .dangerous, "removes a folder", "changes the file system",
            ("pathname", .pointer)),
        .init(
            "mknod", 133, nil, .files, .dangerous, "makes a device, pipe or file",
            "with CAP_MKNOD any device, so any disk", ("filename", .pointer),
            ("mode", .permissions), ("dev", .unsigned)),
        .init(
            "mknodat", 259, 33, .files, .dangerous, "mknod beneath a folder",
            "with CAP_MKNOD any device, so any disk", ("dfd", .descriptor), ("filename", .pointer),
            ("mode", .permissions), ("dev", .unsigned)),
        .init(
            "link", 86, nil, .files, .dangerous, "gives a file another name",
            "changes the file system", ("oldname", .pointer), ("newname", .pointer)),
        .init(
            "linkat", 265, 37, .files, .dangerous, "link beneath folders",
            "changes the file system, and names files that had none", ("olddfd", .descriptor),
            ("oldname", .pointer), ("newdfd", .descriptor), ("newname", .pointer),
            ("flags", .atFlags)),
        .init(
            "symlink", 88, nil, .files, .dangerous, "makes a symbolic link",
            "leads programs that follow it to another file", ("old", .pointer), ("new", .pointer)),
        .init(
            "symlinkat", 266, 36, .files, .dangerous, "symlink beneath a folder",
            "leads programs that follow it to another file", ("oldname", .pointer),
            ("newdfd", .descriptor), ("newname", .pointer)),
        .init(
            "unlink", 87, nil, .files, .dangerous, "removes a file",
            "deletes what the account may delete", ("pathname", .pointer)),
        .init(
            "unlinkat", 263, 35, .files, .dangerous, "unlink beneath a folder",
            "deletes what the account may delete", ("dfd", .descriptor), ("pathname", .pointer),
            ("flag", .atFlags)),
        .init(
            "rename", 82, nil, .files, .dangerous, "renames a file",
            "replaces files of the account", ("oldname", .pointer), ("newname", .pointer)),
        .init(
            "renameat", 264, 38, .files, .dangerous, "rename beneath folders",
            "replaces files of the account", ("olddfd", .descriptor), ("oldname", .pointer),
            ("newdfd", .descriptor), ("newname", .pointer)),
        .init(
            "renameat2", 316, 276, .files, .dangerous, "renameat with flags",
            "replaces files of the account", ("olddfd", .descriptor), ("oldname", .pointer),
            ("newdfd", .descriptor), ("newname", .pointer), ("flags", .unsigned)),
        .init(
            "chmod", 90, nil, .files, .dangerous, "changes a file's permissions",
            "opens files of the account to others, or makes programs set-uid",
            ("filename", .pointer), ("mode", .permissions)),
        .init(
            "fchmod", 91, 52, .files, .dangerous, "changes an open file's permissions",
            "opens held files to others", ("fd", .descriptor), ("mode", .permissions)),
        .init(
            "fchmodat", 268, 53, .files, .dangerous, "chmod beneath a folder",
            "opens files of the account to others, or makes programs set-uid", ("dfd", .descriptor),
            ("filename", .pointer), ("mode", .permissions)),
        .init(
            "fchmodat2", 452, 452, .files, .dangerous, "fchmodat with flags",
            "opens files of the account to others, or makes programs set-uid", ("dfd", .descriptor),
            ("filename", .pointer), ("mode", .permissions), ("flags", .atFlags)),
        .init(
            "chown", 92, nil, .files, .dangerous, "changes a file's owner",
            "gives files away, and with CAP_CHOWN takes any", ("filename", .pointer),
            ("user", .unsigned), ("group", .unsigned)),
        .init(
            "lchown", 94, nil, .files, .dangerous, "chown without following a link",
            "gives files away, and with CAP_CHOWN takes any", ("filename", .pointer),
            ("user", .unsigned), ("group", .unsigned)),
        .init(
            "fchown", 93, 55, .files, .dangerous, "changes an open file's owner",
            "gives held files away", ("fd", .descriptor), ("user", .unsigned), ("group", .unsigned)),
        .init(
            "fchownat", 260, 54, .files, .dangerous, "chown beneath a folder",
            "gives files away, and with CAP_CHOWN takes any", ("dfd", .descriptor),
            ("filename", .pointer), ("user", .unsigned), ("group", .unsigned), ("flag", .atFlags)),
    ]
}
