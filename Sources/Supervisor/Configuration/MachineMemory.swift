/// The memory that this service may use: the machine's, or less where a control group limits it.
struct MachineMemory: Equatable, Sendable {
    var bytes: UInt64
    /// Whether a control group limits it.
    var isLimited: Bool

    /// What a child of the widest shipped policy may use beyond what it shares with its zygote.
    static let child: UInt64 = 768 << 20
    /// For the supervisor itself, the zygotes and the children that wait.
    static let reserve: UInt64 = 256 << 20

    /// How many children can use all that they may at the same time.
    ///
    /// - Parameter inputs: bytes that inputs and results of all requests may take.
    /// - Returns: at least 1.
    func workers(beside inputs: Int) -> Int {
        let taken = Self.reserve + UInt64(clamping: inputs)
        guard bytes > taken else { return 1 }
        return max(1, Int(clamping: (bytes - taken) / Self.child))
    }

    // MARK: By the kernel's word

    /// Blocks on small files; nil where the kernel does not say.
    static func current() -> MachineMemory? {
        guard let total = total(text("/proc/meminfo")) else { return nil }
        let groups = group(text("/proc/self/cgroup")) ?? ""
        return MachineMemory(
            total: total,
            limits: folders(of: groups).map { limit(text("/sys/fs/cgroup\($0)/memory.max")) })
    }

    /// - Parameter limits: of its control group and of those above it; nil for none.
    init(total: UInt64, limits: [UInt64?]) {
        let limit = limits.compactMap { $0 }.min() ?? .max
        bytes = min(total, limit)
        isLimited = limit < total
    }

    /// `MemTotal` of /proc/meminfo, in KiB there (proc_meminfo(5)).
    static func total(_ text: String) -> UInt64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        let fields = line?.split(separator: " ") ?? []
        guard fields.count == 3, let number = UInt64(fields[1]) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1_024)
        return overflow ? nil : bytes
    }

    /// The path of the control group in /proc/self/cgroup, in version 2 of the hierarchy
    /// (cgroups(7)).
    static func group(_ text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix("0::/") }?.dropFirst(3)
    }

    /// A group's folder and those above it, below the mount point.
    static func folders(of group: Substring) -> [String] {
        let names = group.split(separator: "/")
        return (0...names.count).map { count in
            names.prefix(count).map { "/\($0)" }.joined()
        }
    }

    /// The limit in `memory.max`; nil for `max`, and where there is no such file.
    static func limit(_ text: String) -> UInt64? {
        UInt64(text.split(separator: "\n").first ?? "")
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? SmallFile.read(path, limit: 64 << 10).bytes) ?? [], as: UTF8.self)
    }
}
