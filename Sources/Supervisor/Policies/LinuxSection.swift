import SandboxPolicy
import Yams

/// `linux`: the seccomp rules, and the namespaces, of which every zygote enters all.
enum LinuxSection {
    static func read(_ node: Node?, root: Node, values: inout StrictValues) -> SeccompRules? {
        guard let node else {
            values.error(
                at: root.position, "the policy has no 'linux'",
                "add linux.seccomp with defaultAction and syscalls")
            return nil
        }
        let fields = values.fields(of: node, named: "linux", keys: ["seccomp", "namespaces"])
        if let list = fields["namespaces"] { checkNamespaces(list, values: &values) }
        let seccomp = values.required(
            "seccomp", in: fields, hint: "add seccomp with defaultAction and syscalls")
        return seccomp.flatMap { SeccompSection.read($0, values: &values) }
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
                at: node.position, "the namespace '\(name)' is not in the list",
                "add '- { type: \(name) }', a zygote enters all of them, or leave the list out")
        }
    }
}
