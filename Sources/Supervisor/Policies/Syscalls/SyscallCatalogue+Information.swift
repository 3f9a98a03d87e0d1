extension SyscallCatalogue {
    /// Calls that tell of the machine.
    static let information: [SyscallEntry] = [
        .init(
            "uname", 63, 160, .information, .limited, "tells the kernel's name and version",
            "which kernel to attack", ("name", .pointer)),
        .init(
            "sysinfo", 99, 179, .information, .limited, "tells memory, load and running time",
            "how busy the machine is", ("info", .pointer)),
        .init(
            "getcpu", 309, 168, .information, .harmless,
            "tells on which processor and node the thread runs", nil, ("cpup", .pointer),
            ("nodep", .pointer), ("unused", .pointer)),
    ]
}
