import SandboxPolicy
import Yams

/// What one file says, before a base completes it.
struct PolicyParts {
    var seccomp: SeccompSection?
    /// nil for a bare profile.
    var glovebox: GloveboxSection?
    var resourceLimits: [ResourceLimit] = []

    /// What the configuration of a container has besides.
    private static let ofContainers = [
        "annotations", "domainname", "freebsd", "hooks", "hostname", "mounts", "ociVersion",
        "root", "solaris", "vm", "windows", "zos",
    ]

    static func read(_ root: Node, values: inout StrictValues) -> PolicyParts {
        guard case .mapping(let mapping) = root else {
            values.error(
                at: root.position, "the policy is not a mapping", "write 'key: value' lines")
            return PolicyParts()
        }
        switch PolicyDialect(of: mapping) {
        case .policy: return readPolicy(root, values: &values)
        case .profile:
            values.nullIsAbsent = true
            reportUnservable(root, values: &values)
            return PolicyParts(
                seccomp: SeccompSection.read(
                    root, as: .profile, hasBase: false, values: &values))
        case .kubernetes:
            values.nullIsAbsent = true
            return readKubernetes(root, values: &values)
        }
    }

    private static func readPolicy(_ root: Node, values: inout StrictValues) -> PolicyParts {
        let isOurs = root["x-glovebox"] != nil
        values.nullIsAbsent = !isOurs
        var refused: [String: String] = [:]
        for key in ofContainers { refused[key] = "leave it out, a policy says nothing about it" }
        for key in PolicyDialect.profileKeys { refused[key] = "write it under linux.seccomp" }
        let top = values.fields(
            of: root, named: "the policy", keys: ["linux", "process", "x-glovebox"],
            refused: refused)
        var parts = PolicyParts()
        if let own = top["x-glovebox"] {
            parts.glovebox = GloveboxSection.read(own, values: &values)
        } else {
            reportUnservable(root, values: &values)
        }
        parts.resourceLimits = ProcessSection.read(top["process"], values: &values)
        let hasBase = parts.glovebox?.base != nil
        if let linux = top["linux"] {
            parts.seccomp = LinuxSection.read(linux, hasBase: hasBase, values: &values)
        } else if !hasBase {
            values.error(
                at: root.position, "the policy has no 'linux'",
                "add linux.seccomp with defaultAction and syscalls")
        }
        return parts
    }

    private static func readKubernetes(_ root: Node, values: inout StrictValues) -> PolicyParts {
        let fields = values.fields(
            of: root, named: "the profile",
            keys: ["apiVersion", "kind", "metadata", "spec", "status"])
        reportUnservable(root, values: &values)
        if let kind = values.required("kind", in: fields, hint: "write 'kind: SeccompProfile'") {
            _ = values.choice(
                kind, named: "the kind", among: [("SeccompProfile", true)])
        }
        if let version = values.required(
            "apiVersion", in: fields,
            hint: "write 'apiVersion: security-profiles-operator.x-k8s.io/v1beta1'"),
            let text = values.text(version, named: "apiVersion"),
            !text.hasPrefix("security-profiles-operator.x-k8s.io/")
        {
            values.error(
                at: version.position,
                "'\(StrictValues.shown(text))' is not the Security Profiles Operator's",
                "write 'security-profiles-operator.x-k8s.io/v1beta1'")
        }
        let spec = values.required(
            "spec", in: fields, hint: "add spec with defaultAction and syscalls")
        return PolicyParts(
            seccomp: spec.map {
                SeccompSection.read($0, as: .kubernetes, hasBase: false, values: &values)
            })
    }

    private static func reportUnservable(_ root: Node, values: inout StrictValues) {
        values.error(
            .notServable, at: root.position,
            "without 'x-glovebox' the tools read this file, and no policy is served from it",
            "write its seccomp part under linux.seccomp and add x-glovebox.formats")
    }
}
