import SandboxPolicy
import Yams

/// Whose vocabulary a file is written in.
enum PolicyDialect: Equatable {
    /// `linux.seccomp`, exactly as the OCI runtime specification has it: our own policies, and the
    /// configuration of a container.
    case policy
    /// The seccomp part alone, as Docker and Podman read it: the specification's words and theirs.
    case profile
    /// The SeccompProfile of Kubernetes' Security Profiles Operator: the same below `spec`.
    case kubernetes

    /// The keys that tell a bare profile.
    static let profileKeys = [
        "defaultAction", "syscalls", "archMap", "architectures", "defaultErrnoRet", "defaultErrno",
        "flags", "listenerPath", "listenerMetadata",
    ]

    init(of mapping: Node.Mapping) {
        let keys = Set(mapping.keys.compactMap(\.scalar?.string))
        if !keys.isDisjoint(with: ["x-glovebox", "linux", "ociVersion"]) {
            self = .policy
        } else if !keys.isDisjoint(with: ["apiVersion", "kind", "spec"]) {
            self = .kubernetes
        } else if !keys.isDisjoint(with: Self.profileKeys) {
            self = .profile
        } else {
            self = .policy
        }
    }
}
