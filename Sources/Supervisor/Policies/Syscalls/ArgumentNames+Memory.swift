import SandboxPolicy

/// Constants of calls for memory and chance (linux/mman.h, asm/mman.h, linux/random.h).
extension ArgumentNames {
    static func protection(_ architecture: SeccompArchitecture) -> ArgumentNames {
        let common: Constants = [
            ("PROT_READ", 0x1), ("PROT_WRITE", 0x2), ("PROT_EXEC", 0x4), ("PROT_SEM", 0x8),
            ("PROT_GROWSDOWN", 0x100_0000), ("PROT_GROWSUP", 0x200_0000),
        ]
        let arm64: Constants = [("PROT_BTI", 0x10), ("PROT_MTE", 0x20)]
        return flags(architecture == .arm64 ? common + arm64 : common, zero: "PROT_NONE")
    }

    static func mapFlags(_ architecture: SeccompArchitecture) -> ArgumentNames {
        let common: Constants = [
            ("MAP_FIXED", 0x10), ("MAP_ANONYMOUS", 0x20), ("MAP_GROWSDOWN", 0x100),
            ("MAP_DENYWRITE", 0x800), ("MAP_EXECUTABLE", 0x1000), ("MAP_LOCKED", 0x2000),
            ("MAP_NORESERVE", 0x4000), ("MAP_POPULATE", 0x8000), ("MAP_NONBLOCK", 0x1_0000),
            ("MAP_STACK", 0x2_0000), ("MAP_HUGETLB", 0x4_0000), ("MAP_SYNC", 0x8_0000),
            ("MAP_FIXED_NOREPLACE", 0x10_0000), ("MAP_UNINITIALIZED", 0x400_0000),
        ]
        let amd64: Constants = [("MAP_32BIT", 0x40), ("MAP_ABOVE4G", 0x80)]
        return ArgumentNames(
            fields: [
                Field(
                    0xf,
                    [
                        ("MAP_SHARED", 0x1), ("MAP_PRIVATE", 0x2), ("MAP_SHARED_VALIDATE", 0x3),
                        ("MAP_DROPPABLE", 0x8),
                    ])
            ], flags: architecture == .amd64 ? common + amd64 : common)
    }

    static let remapFlags = flags([
        ("MREMAP_MAYMOVE", 1), ("MREMAP_FIXED", 2), ("MREMAP_DONTUNMAP", 4),
    ])

    static let advice = choice([
        ("MADV_NORMAL", 0), ("MADV_RANDOM", 1), ("MADV_SEQUENTIAL", 2), ("MADV_WILLNEED", 3),
        ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_REMOVE", 9), ("MADV_DONTFORK", 10),
        ("MADV_DOFORK", 11), ("MADV_MERGEABLE", 12), ("MADV_UNMERGEABLE", 13),
        ("MADV_HUGEPAGE", 14), ("MADV_NOHUGEPAGE", 15), ("MADV_DONTDUMP", 16), ("MADV_DODUMP", 17),
        ("MADV_WIPEONFORK", 18), ("MADV_KEEPONFORK", 19), ("MADV_COLD", 20), ("MADV_PAGEOUT", 21),
        ("MADV_POPULATE_READ", 22), ("MADV_POPULATE_WRITE", 23), ("MADV_DONTNEED_LOCKED", 24),
        ("MADV_COLLAPSE", 25), ("MADV_HWPOISON", 100), ("MADV_SOFT_OFFLINE", 101),
        ("MADV_GUARD_INSTALL", 102), ("MADV_GUARD_REMOVE", 103),
    ])

    static let randomFlags = flags([
        ("GRND_NONBLOCK", 1), ("GRND_RANDOM", 2), ("GRND_INSECURE", 4),
    ])
}
