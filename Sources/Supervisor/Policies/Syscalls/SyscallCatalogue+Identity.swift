extension SyscallCatalogue {
    /// Calls for users, groups, capabilities and keys.
    static let identity: [SyscallEntry] = [
        .init("getuid", 102, 174, .identity, .harmless, "gives the user", nil),
        .init("geteuid", 107, 175, .identity, .harmless, "gives the effective user", nil),
        .init("getgid", 104, 176, .identity, .harmless, "gives the group", nil),
        .init("getegid", 108, 177, .identity, .harmless, "gives the effective group", nil),
        .init(
            "getresuid", 118, 148, .identity, .harmless, "gives real, effective and saved user",
            nil, ("ruidp", .pointer), ("euidp", .pointer), ("suidp", .pointer)),
        .init(
            "getresgid", 120, 150, .identity, .harmless, "gives real, effective and saved group",
            nil, ("rgidp", .pointer), ("egidp", .pointer), ("sgidp", .pointer)),
        .init(
            "getgroups", 115, 158, .identity, .harmless, "gives the further groups", nil,
            ("gidsetsize", .int), ("grouplist", .pointer)),
        .init(
            "setuid", 105, 146, .identity, .dangerous, "changes the user",
            "with CAP_SETUID any account", ("uid", .unsigned)),
        .init(
            "setgid", 106, 144, .identity, .dangerous, "changes the group",
            "with CAP_SETGID any group", ("gid", .unsigned)),
        .init(
            "setreuid", 113, 145, .identity, .dangerous, "changes real and effective user",
            "with CAP_SETUID any account", ("ruid", .unsigned), ("euid", .unsigned)),
        .init(
            "setregid", 114, 143, .identity, .dangerous, "changes real and effective group",
            "with CAP_SETGID any group", ("rgid", .unsigned), ("egid", .unsigned)),
        .init(
            "setresuid", 117, 147, .identity, .dangerous, "changes real, effective and saved user",
            "with CAP_SETUID any account", ("ruid", .unsigned), ("euid", .unsigned),
            ("suid", .unsigned)),
        .init(
            "setresgid", 119, 149, .identity, .dangerous, "changes real, effective and saved group",
            "with CAP_SETGID any group", ("rgid", .unsigned), ("egid", .unsigned),
            ("sgid", .unsigned)),
        .init(
            "setgroups", 116, 159, .identity, .dangerous, "changes the further groups",
            "with CAP_SETGID any group", ("gidsetsize", .int), ("grouplist", .pointer)),
        .init(
            "setfsuid", 122, 151, .identity, .dangerous, "changes the user for files",
            "with CAP_SETUID the files of any account", ("uid", .unsigned)),
        .init(
            "setfsgid", 123, 152, .identity, .dangerous, "changes the group for files",
            "with CAP_SETGID the files of any group", ("gid", .unsigned)),
        .init(
            "capget", 125, 90, .identity, .limited, "tells capabilities of a process",
            "which processes may do what", ("header", .pointer), ("dataptr", .pointer)),
        .init(
            "capset", 126, 91, .identity, .dangerous, "changes the capabilities of the thread",
            "puts permitted capabilities into effect", ("header", .pointer), ("data", .pointer)),
        .init(
            "add_key", 248, 217, .identity, .dangerous, "adds a key to the kernel's keyring",
            "keys of the account, and code with a history of flaws", ("_type", .pointer),
            ("_description", .pointer), ("_payload", .pointer), ("plen", .size), ("ringid", .int)),
        .init(
            "request_key", 249, 218, .identity, .dangerous,
            "finds a key, or lets a program fetch it",
            "keys of the account, and a program that the kernel starts", ("_type", .pointer),
            ("_description", .pointer), ("_callout_info", .pointer), ("destringid", .int)),
        .init(
            "keyctl", 250, 219, .identity, .dangerous, "reads and changes keys",
            "keys of the account, and code with a history of flaws, as CVE-2016-0728",
            ("option", .int), ("arg2", .size), ("arg3", .size), ("arg4", .size), ("arg5", .size)),
    ]
}
