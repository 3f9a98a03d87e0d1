import Descriptors
import Glibc
import SandboxPolicy

/// What a machine shows of itself that explains why a layer cannot be had there: texts as the kernel
/// and container engines write them.
struct HostFacts: Equatable, Sendable {
    /// Contents by path. A file that is not there is none; one that is there and cannot be read is
    /// empty.
    var files: [String: String] = [:]
    /// Whether the environment is that of a Kubernetes pod (KUBERNETES_SERVICE_HOST).
    var isPod = false

    /// Who runs the container that this is.
    enum Engine: Sendable {
        case docker, podman, kubernetes
    }

    /// nil outside a container, and in one that shows no sign of being one.
    var engine: Engine? {
        let groups = files["/proc/1/cgroup"] ?? ""
        let mounts = mountsOfContainer
        if isPod || groups.contains("kubepods") || mounts.contains("/kubelet/pods/") {
            return .kubernetes
        }
        if files["/run/.containerenv"] != nil || groups.contains("libpod")
            || mounts.contains("/overlay-containers/")
        {
            return .podman
        }
        let isDocker =
            files["/.dockerenv"] != nil || groups.contains("/docker/")
            || mounts.contains("/docker/containers/") || mounts.contains("/docker/overlay2/")
        return isDocker ? .docker : nil
    }

    /// The lines of mountinfo (proc(5)) that an engine writes for its container. On the host of a
    /// container the same folders stand in other lines.
    private var mountsOfContainer: String {
        let own = ["/", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
        return (files["/proc/self/mountinfo"] ?? "").split(separator: "\n")
            .filter { line in
                let fields = line.split(separator: " ")
                return fields.count > 4 && own.contains(String(fields[4]))
            }
            .joined(separator: "\n")
    }

    /// Whether a seccomp filter was there before this program started.
    var hasForeignFilter: Bool {
        (files["/proc/self/status"] ?? "").split(separator: "\n")
            .contains { $0.split(whereSeparator: \.isWhitespace) == ["Seccomp:", "2"] }
    }

    /// The AppArmor profile that confines this program, such as `docker-default`.
    var appArmorProfile: String? {
        let label = securityLabel
        return label.hasSuffix(" (enforce)") ? String(label.dropLast(10)) : nil
    }

    /// Whether SELinux confines this program as it does containers.
    var hasContainerLabel: Bool { securityLabel.contains(":container_t:") }

    private var securityLabel: String { trimmed("/proc/self/attr/current") ?? "" }

    /// The value of a sysctl, such as `user.max_user_namespaces`; nil where there is none.
    func sysctl(_ name: String) -> String? {
        trimmed("/proc/sys/" + String(name.map { $0 == "." ? "/" : $0 }))
    }

    private func trimmed(_ path: String) -> String? {
        files[path].map { text in
            String(text.split { $0.isWhitespace || $0 == "\0" }.joined(separator: " "))
        }
    }
}

extension HostFacts {
    /// Reads what this machine shows. Blocks.
    static func probe() -> HostFacts {
        var machine = HostFacts(isPod: ProcessEnvironment.value("KUBERNETES_SERVICE_HOST") != nil)
        for path in paths {
            // The path lives for the length of the call.
            guard unsafe access(path, F_OK) == 0 else { continue }
            let bytes = try? Descriptor(opening: path, as: .file).readToEnd(limit: 4 << 20)
            machine.files[path] = String(decoding: bytes ?? [], as: UTF8.self)
        }
        return machine
    }

    private static let paths: [String] =
        [
            "/.dockerenv", "/run/.containerenv", "/proc/1/cgroup", "/proc/self/mountinfo",
            "/proc/self/status", "/proc/self/attr/current",
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "/proc/sys/kernel/unprivileged_userns_clone",
        ] + Layer.allCases.compactMap(\.namespaceLimit).map { "/proc/sys/user/\($0)" }
}

extension Layer {
    /// The sysctl below `user.` that says how many of this namespace there may be.
    var namespaceLimit: String? {
        switch self {
        case .userNamespace, .childUserNamespace: "max_user_namespaces"
        case .pidNamespace: "max_pid_namespaces"
        case .networkNamespace: "max_net_namespaces"
        case .mountNamespace: "max_mnt_namespaces"
        case .ipcNamespace: "max_ipc_namespaces"
        case .utsNamespace: "max_uts_namespaces"
        case .cgroupNamespace: "max_cgroup_namespaces"
        default: nil
        }
    }
}
