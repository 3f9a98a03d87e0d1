import SandboxPolicy

/// Constants of calls on files, descriptors and devices (asm-generic/fcntl.h and its kin,
/// linux/fcntl.h, asm-generic/ioctls.h).
extension ArgumentNames {
    static func openFlags(_ architecture: SeccompArchitecture) -> ArgumentNames {
        // AArch64 has the numbers of 32-bit ARM here (arch/arm64/include/uapi/asm/fcntl.h).
        let own: Constants =
            switch architecture {
            case .amd64:
                [
                    ("O_TMPFILE", 0x41_0000), ("O_DIRECT", 0x4000), ("O_LARGEFILE", 0x8000),
                    ("O_DIRECTORY", 0x1_0000), ("O_NOFOLLOW", 0x2_0000),
                ]
            case .arm64:
                [
                    ("O_TMPFILE", 0x40_4000), ("O_DIRECTORY", 0x4000), ("O_NOFOLLOW", 0x8000),
                    ("O_DIRECT", 0x1_0000), ("O_LARGEFILE", 0x2_0000),
                ]
            }
        let common: Constants = [
            ("O_SYNC", 0x10_1000), ("O_CREAT", 0x40), ("O_EXCL", 0x80), ("O_NOCTTY", 0x100),
            ("O_TRUNC", 0x200), ("O_APPEND", 0x400), ("O_NONBLOCK", 0x800), ("O_DSYNC", 0x1000),
            ("O_ASYNC", 0x2000), ("O_NOATIME", 0x4_0000), ("O_CLOEXEC", 0x8_0000),
            ("O_PATH", 0x20_0000),
        ]
        return ArgumentNames(
            fields: [Field(0x3, [("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2)])],
            flags: own + common)
    }

    static let accessMode = flags([("R_OK", 4), ("W_OK", 2), ("X_OK", 1)], zero: "F_OK")

    static let atFlags = flags([
        ("AT_SYMLINK_NOFOLLOW", 0x100), ("AT_REMOVEDIR", 0x200), ("AT_SYMLINK_FOLLOW", 0x400),
        ("AT_NO_AUTOMOUNT", 0x800), ("AT_EMPTY_PATH", 0x1000),
        ("AT_STATX_FORCE_SYNC", 0x2000), ("AT_STATX_DONT_SYNC", 0x4000), ("AT_RECURSIVE", 0x8000),
    ])

    static let seekWhence = choice([
        ("SEEK_SET", 0), ("SEEK_CUR", 1), ("SEEK_END", 2), ("SEEK_DATA", 3), ("SEEK_HOLE", 4),
    ])

    static let fcntlCommand = choice([
        ("F_DUPFD", 0), ("F_GETFD", 1), ("F_SETFD", 2), ("F_GETFL", 3), ("F_SETFL", 4),
        ("F_GETLK", 5), ("F_SETLK", 6), ("F_SETLKW", 7), ("F_SETOWN", 8), ("F_GETOWN", 9),
        ("F_SETSIG", 10), ("F_GETSIG", 11), ("F_SETOWN_EX", 15), ("F_GETOWN_EX", 16),
        ("F_OFD_GETLK", 36), ("F_OFD_SETLK", 37), ("F_OFD_SETLKW", 38), ("F_SETLEASE", 1024),
        ("F_GETLEASE", 1025), ("F_NOTIFY", 1026), ("F_DUPFD_CLOEXEC", 1030),
        ("F_SETPIPE_SZ", 1031), ("F_GETPIPE_SZ", 1032), ("F_ADD_SEALS", 1033),
        ("F_GET_SEALS", 1034),
    ])

    /// Of terminals, descriptors and files, and those that matter to who confines a process.
    static let ioctlRequest = choice([
        ("TCGETS", 0x5401), ("TCSETS", 0x5402), ("TCSETSW", 0x5403), ("TCSETSF", 0x5404),
        ("TIOCSCTTY", 0x540E), ("TIOCGPGRP", 0x540F), ("TIOCSPGRP", 0x5410), ("TIOCSTI", 0x5412),
        ("TIOCGWINSZ", 0x5413), ("TIOCSWINSZ", 0x5414), ("FIONREAD", 0x541B),
        ("TIOCLINUX", 0x541C), ("FIONBIO", 0x5421), ("TIOCNOTTY", 0x5422), ("FIONCLEX", 0x5450),
        ("FIOCLEX", 0x5451), ("FIOASYNC", 0x5452), ("FICLONE", 0x4004_9409),
        ("FS_IOC_GETFLAGS", 0x8008_6601), ("FS_IOC_SETFLAGS", 0x4008_6602),
        ("SIOCGIFCONF", 0x8912), ("SIOCGIFINDEX", 0x8933), ("TUNSETIFF", 0x4004_54ca),
        ("KVM_CREATE_VM", 0xAE01), ("UFFDIO_API", 0xc018_aa3f),
        ("SECCOMP_IOCTL_NOTIF_RECV", 0xc050_2100), ("SECCOMP_IOCTL_NOTIF_SEND", 0xc018_2101),
        ("SECCOMP_IOCTL_NOTIF_ID_VALID", 0x4008_2102), ("SECCOMP_IOCTL_NOTIF_ADDFD", 0x4018_2103),
    ])
}
