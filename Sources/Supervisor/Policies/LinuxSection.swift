import SandboxPolicy
import Yams

/// `linux`: the seccomp rules, and the namespaces, of which every zygote enters all.
enum LinuxSection {
    /// What a container's configuration has besides.
    private static let ofContainers = [
        "cgroupsPath", "devices", "gidMappings", "intelRdt", "maskedPaths", "memoryPolicy",
        "mountLabel", "netDevices", "personality", "readonlyPaths", "resources",
        "rootfsPropagation", "sysctl", "timeOffsets", "uidMappings",
    ]

    /// - Parameter hasBase: Whether what is missing comes from another file.
    static func read(
        _ node: Node, hasBase: Bool, values: inout StrictValues
    ) -> SeccompSection? {
        let hint = "leave it out, a policy says nothing about it"
        let fields = values.fields(
            of: node, named: "linux", keys: ["seccomp", "namespaces"],
            refused: Dictionary(uniqueKeysWithValues: ofContainers.map { ($0, hint) }))
        if let list = fields["namespaces"] { checkNamespaces(list, values: &values) }
        if hasBase, fields["seccomp"] == nil { return nil }
        let seccomp = values.required(
            "seccomp", in: fields, hint: "add seccomp with defaultAction and syscalls")
        return seccomp.map {
            SeccompSection.read($0, as: .policy, hasBase: hasBase, values: &values)
        }
    }

    private static let namespaces = ["user", "pid", "network", "mount", "ipc", "uts", "cgroup"]

    /// A shorter list would promise a child less than it gets, and a reader less than there is.
    private static func checkNamespaces(_ node: Node, values: inout StrictValues) {
        var found: Set<String> = []
        for element in values.elements(of: node, named: "namespaces") {
            let fields = values.fields(
                of: element, named: "a namespace", keys: ["type"],
                refused: ["path": "leave it out, a zygote's namespaces are always new"])
            let type = values.required("type", in: fields, hint: "write 'type: pid'")
            guard let type,
                let name = values.choice(
                    type, named: "the namespace", among: namespaces.map { ($0, $0) },
                    refused: ["time": "leave it out, a child's clocks are the host's"])
            else { continue }
            if !found.insert(name).inserted {
                values.error(
                    at: type.position, "this namespace is in the list already",
                    "keep one of them")
            }
        }
        for name in namespaces where !found.contains(name) {
            values.error(
                .notHonoured, at: node.position, "the namespace '\(name)' is not in the list",
                "add '- { type: \(name) }', a zygote enters all of them, or leave the list out")
        }
    }
}
