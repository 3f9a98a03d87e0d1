import SandboxPolicy
import Yams

/// `includes` and `excludes`: whom a rule of a Docker or Podman profile is meant for.
enum AudienceSection {
    /// Docker's names for architectures: Go's, and those that it had before them.
    private static let architectures: [(name: String, value: SeccompArchitecture?)] =
        [("amd64", .amd64), ("arm64", .arm64)]
        + [
            "386", "arm", "armbe", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le",
            "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390",
            "s390x", "sparc", "sparc64", "x86", "x32", "mips64n32", "mipsel", "mipsel64",
            "mips3l64n32",
        ].map { ($0, nil) }

    /// capabilities(7), by number (linux/capability.h).
    private static let capabilities = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID",
        "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
        "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ",
        "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ]

    static func read(
        _ node: Node, named what: String, values: inout StrictValues
    ) -> SeccompProfile.Audience {
        let fields = values.fields(of: node, named: what, keys: ["caps", "arches", "minKernel"])
        var audience = SeccompProfile.Audience()
        if let list = fields["caps"] {
            for element in values.elements(of: list, named: "caps") {
                let known = values.choice(
                    element, named: "the capability", among: capabilities.map { ($0, $0) })
                // A capability that nobody knows is one that no child has, as any other.
                if let name = known ?? element.scalar?.string {
                    audience.capabilities.append(name)
                }
            }
        }
        if let list = fields["arches"], !list.isEmptySequence {
            audience.architectures = values.elements(of: list, named: "arches").compactMap {
                values.choice($0, named: "the architecture", among: architectures) ?? nil
            }
        }
        if let minimum = fields["minKernel"],
            let text = values.text(minimum, named: "minKernel"), !text.isEmpty
        {
            audience.minimumKernel = readVersion(text)
            if audience.minimumKernel == nil {
                values.error(
                    at: minimum.position, "'\(StrictValues.shown(text))' is no kernel version",
                    "write its two numbers, as in '4.8'")
            }
        }
        return audience
    }

    /// Docker takes two numbers and nothing behind them.
    private static func readVersion(_ text: String) -> KernelVersion? {
        guard text.utf8.allSatisfy({ $0 == 0x2e || (0x30...0x39).contains($0) }),
            text.utf8.count(where: { $0 == 0x2e }) == 1
        else { return nil }
        return KernelVersion(text)
    }
}
