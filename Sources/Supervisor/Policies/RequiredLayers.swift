import SandboxPolicy

extension Layer {
    /// What a policy may name under `posture.required`.
    static let nameable = allCases.filter { $0 != .cgroup }
}
