import Glibc
import SandboxPolicy

/// One thing that stands in a layer's way, and how it is put right.
struct Remedy: Equatable, Sendable {
    /// What was found, or what the layer needs, in one sentence.
    var cause: String
    /// Where the line belongs; nil when there is none.
    var place: String?
    /// What mends it, to be copied as it stands.
    var line: String?

    init(_ cause: String, _ place: String? = nil, _ line: String? = nil) {
        self.cause = cause
        self.place = place
        self.line = line
    }

    /// In one line.
    var text: String {
        guard let place, let line else { return cause }
        return "\(cause) \(place): \(line)"
    }
}

extension HostFacts {
    /// What an operator can do about a layer that is not in force here; never empty.
    ///
    /// - Parameters:
    ///   - code: the errno that the kernel answered, 0 where there was none.
    ///   - posture: what became of the others, on which this one may depend.
    func remedies(for layer: Layer, code: Int32, in posture: Posture) -> [Remedy] {
        let weaker = NamedPosture.container
        guard weaker.dispensable.contains(layer) else {
            return [layer.remedy(code: code, hasForeignFilter: hasForeignFilter)]
        }
        let base: [Layer] = [.userNamespace, .mountNamespace]
        let isRefused = code == EPERM || code == EACCES
        if isRefused,
            let lacking = base.first(where: { one in
                one != layer && weaker.lost(with: one).contains(layer)
                    && posture[one].map { $0.state != .enforced } ?? false
            })
        {
            return [Remedy("Needs '\(lacking.title)', which is missing too.")]
        }
        let found: [Remedy]
        switch code {
        case ENOSPC, EUSERS:
            found = [layer.namespaceLimit.map(limit)].compactMap(\.self)
        case EINVAL where layer != .emptyRoot, ENOSYS where !hasForeignFilter:
            found = [
                Remedy("The kernel was built without this namespace (see namespaces(7)).")
            ]
        case ENOENT:
            found = [
                Remedy(
                    "The empty root is mounted over the folder /tmp, which is missing here.",
                    "Make it", "mkdir /tmp")
            ]
        default:
            found = switches(for: layer) + engineOptions
        }
        return found.isEmpty ? [unknownCause] : found
    }

    private func limit(_ name: String) -> Remedy {
        let value = sysctl("user.\(name)")
        let cause =
            value == "0"
            ? "This kind of namespace is switched off (user.\(name) is 0)."
            : "The limit on this kind of namespace is reached "
                + "(user.\(name)\(value.map { " is \($0)" } ?? ""))."
        let enough = max(100_000, 2 * (value.flatMap(UInt32.init).map(UInt64.init) ?? 0))
        return Remedy(cause, asRoot, "sysctl -w user.\(name)=\(enough)")
    }

    /// Switches of the kernel against namespaces of ordinary users.
    private func switches(for layer: Layer) -> [Remedy] {
        var found: [Remedy] = []
        let ubuntu = "kernel.apparmor_restrict_unprivileged_userns"
        if sysctl(ubuntu) == "1" {
            // The namespace may well be entered, and then nothing may be done in it.
            found.append(
                Remedy(
                    "Ubuntu's restriction of unprivileged user namespaces is on (\(ubuntu) is 1).",
                    asRoot, "sysctl -w \(ubuntu)=0"))
        }
        let debian = "kernel.unprivileged_userns_clone"
        if sysctl(debian) == "0" {
            found.append(
                Remedy(
                    "User namespaces are for root alone here (\(debian) is 0).",
                    asRoot, "sysctl -w \(debian)=1"))
        }
        return found
    }

    /// What an engine takes away from its containers.
    private var engineOptions: [Remedy] {
        switch engine {
        case .docker:
            let options = securityOptions
            let both = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
            return [
                Remedy(
                    "This is a Docker container, and Docker's profiles refuse namespaces and "
                        + "mounts.",
                    "Start it with", "docker run \(options.isEmpty ? both : options)")
            ]
        case .podman where !securityOptions.isEmpty:
            return [
                Remedy(
                    "This is a Podman container, and its profiles refuse namespaces or mounts.",
                    "Start it with", "podman run \(securityOptions)")
            ]
        case .kubernetes:
            let appArmor = appArmorProfile == nil ? "" : ", appArmorProfile: {type: Unconfined}"
            return [
                Remedy(
                    "This is a Kubernetes pod, and its profiles refuse namespaces and mounts.",
                    "In the container's specification",
                    "securityContext: {seccompProfile: {type: Unconfined}\(appArmor)}")
            ]
        case nil where hasForeignFilter:
            return [
                Remedy(
                    "A seccomp filter that this program was started under refuses namespaces or "
                        + "mounts. In a systemd unit it comes from RestrictNamespaces= and "
                        + "SystemCallFilter=, which must allow @mount.",
                    "In the unit", "RestrictNamespaces=no")
            ]
        case .podman, nil: return []
        }
    }

    /// The options that take off what is seen to confine this container.
    private var securityOptions: String {
        [
            hasForeignFilter ? "--security-opt seccomp=unconfined" : nil,
            appArmorProfile != nil ? "--security-opt apparmor=unconfined" : nil,
            hasContainerLabel ? "--security-opt label=disable" : nil,
        ].compactMap(\.self).joined(separator: " ")
    }

    private var unknownCause: Remedy {
        Remedy(
            "Nothing that is known to refuse it was found here; a security module or a sandbox "
                + "around this program may.",
            "Whether every program is refused it, shows", "unshare --user --map-root-user true")
    }

    /// Sysctls cannot be written inside a container.
    private var asRoot: String { engine == nil ? "As root" : "As root on the host" }
}

extension Layer {
    /// What a layer needs that is no namespace and stands in none.
    fileprivate func remedy(code: Int32, hasForeignFilter: Bool) -> Remedy {
        switch self {
        case .groups:
            Remedy(
                "Start the service as root, so that it can drop its groups, or from an account "
                    + "without supplementary groups.")
        case .resourceLimits:
            Remedy(
                "The limits the service was started with are narrower than those it sets. Raise "
                    + "them: ulimit, LimitNOFILE= and LimitNPROC= in systemd, --ulimit in Docker.")
        case .noNewPrivileges:
            Remedy("Needs Linux 3.5 or newer.")
        case .memoryDenyWriteExecute:
            Remedy("Needs Linux 6.3 or newer. Without it seccomp alone refuses such memory.")
        case .speculationControl:
            Remedy(
                "Depends on the processor and its microcode, and on the kernel's mitigations "
                    + "being on.")
        case .landlock where code == EPERM && hasForeignFilter:
            Remedy("The seccomp filter around this program must allow the three landlock calls.")
        case .landlock:
            Remedy("Needs Linux 5.13 or newer with landlock in the kernel's lsm= list.")
        case .seccomp where code == EBUSY:
            Remedy(
                "A filter around this program reports to a listener of its own, and the kernel "
                    + "allows one. Start the service without SCMP_ACT_NOTIFY in that filter.")
        case .seccomp where hasForeignFilter && (code == EPERM || code == ENOSYS):
            Remedy("The seccomp filter around this program must allow the call seccomp.")
        case .seccomp:
            Remedy(
                "Needs a kernel with CONFIG_SECCOMP_FILTER and user notification (5.0 or newer); "
                    + "sandboxes that imitate a kernel, such as gVisor, lack it.")
        case .cgroup:
            Remedy(
                "Not used by this version. Memory is bounded for each child by its limits; for "
                    + "all of them together set a limit on the service's own control group.")
        default:
            Remedy("Nothing needs to be configured for it; the log has the call that failed.")
        }
    }
}
