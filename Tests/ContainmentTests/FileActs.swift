import CHostile

/// Acts that open files, or begin with an open one.
extension Act {
    /// Under a policy whose children have no files: EACCES, because libraries look for optional
    /// ones.
    static let files = names.map { Act($0, .denied(errno: 13)) }

    /// Under a policy whose children may read documents' fonts: what was opened for anything but
    /// reading, or not by a path, is held; what is not in their root is not there.
    static let filesOfDocuments: [Act] =
        [
            Act("02-openat-passwd", .denied(errno: 2)),
            Act("02-openat-climb", .denied(errno: 2)),
            Act("02-openat-root-of-zygote", .denied(errno: 2)),
            Act("02-openat-descriptor", .denied(errno: 2)),
            Act("02-read-file", .noAnswer(status: 0)),
            Act("02-write-as-result", .denied(errno: 9)),
            Act("02-open-without-end", .denied(errno: 24)),
            Act("01-execute-file", .violation("execveat")),
            Act("02-write-file", .violation("write")),
            Act("09-map-file-executable", .violation("mmap")),
            Act("09-map-file-shared", .violation("mmap")),
            Act("10-file-executable", .violation("mprotect")),
        ]
        + [
            "02-openat-own-memory", "02-openat-null", "02-openat-create", "02-openat-path-only",
            "02-openat-from-input", "02-openat-write", "02-openat-read-write",
            "02-openat-truncate", "02-openat-create-read", "02-openat-nameless",
            "02-climb-from-folder",
        ].map { Act($0, .violation("openat")) } + listing

    /// The names of the folders above the fonts are no secret, but Landlock grants no look at them.
    private static var listing: [Act] {
        // landlock_create_ruleset(2), asked for its version, on every architecture.
        let version = hostile_syscall(444, 0, 0, 1, 0, 0, 0)
        return version > 0 ? [Act("02-openat-dot", .denied(errno: 13))] : []
    }

    private static let names = [
        "01-execute-file", "02-openat-passwd", "02-openat-own-memory", "02-openat-null",
        "02-openat-dot", "02-openat-create", "02-openat-path-only", "02-openat-from-input",
        "02-openat-climb", "02-openat-root-of-zygote", "02-openat-descriptor", "02-openat-write",
        "02-openat-read-write", "02-openat-truncate", "02-openat-create-read",
        "02-openat-nameless", "02-read-file", "02-climb-from-folder", "02-write-file",
        "02-write-as-result", "02-open-without-end", "09-map-file-executable",
        "09-map-file-shared", "10-file-executable",
    ]
}
