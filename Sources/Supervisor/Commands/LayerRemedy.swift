import SandboxPolicy

extension Layer {
    /// What an operator can do when the layer is not in force.
    var remedy: String {
        switch self {
        case .userNamespace:
            "Allow unprivileged user namespaces: sysctl user.max_user_namespaces above 0, on "
                + "Debian kernel.unprivileged_userns_clone=1, on Ubuntu 24.04 and newer "
                + "kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile with "
                + "userns. In Docker, its seccomp profile must allow unshare and clone with "
                + "CLONE_NEWUSER."
        case .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace, .cgroupNamespace:
            "Needs the user namespace, a kernel built with this namespace, and its sysctl "
                + "user.max_*_namespaces above 0."
        case .mountNamespace:
            "Needs the user namespace and sysctl user.max_mnt_namespaces above 0. In Docker, the "
                + "seccomp profile must allow mount, and the AppArmor profile too."
        case .emptyRoot:
            "Needs the mount namespace. In Docker, allow mount, umount2 and pivot_root in the "
                + "seccomp profile and choose an AppArmor profile that does not deny mount."
        case .childUserNamespace:
            "Raise sysctl user.max_user_namespaces: each child takes one while it lives."
        case .capabilities:
            "Nothing needs to be configured for it; see the log for the call that failed."
        case .groups:
            "Start the service as root, so that it can drop its groups, or from an account "
                + "without supplementary groups."
        case .resourceLimits:
            "The limits the service was started with are narrower than those it sets. Raise "
                + "them: ulimit, LimitNOFILE= and LimitNPROC= in systemd, --ulimit in Docker."
        case .noNewPrivileges:
            "Needs Linux 3.5 or newer."
        case .memoryDenyWriteExecute:
            "Needs Linux 6.3 or newer. Without it seccomp alone refuses such memory."
        case .speculationControl:
            "Depends on the processor and its microcode, and on the kernel's mitigations being on."
        case .notDumpable:
            "Nothing needs to be configured for it; see the log for the call that failed."
        case .landlock:
            "Needs Linux 5.13 or newer with landlock in the kernel's lsm= list."
        case .seccomp:
            "Needs a kernel with CONFIG_SECCOMP_FILTER and user notification (5.0 or newer). In "
                + "Docker, the seccomp profile must allow the call seccomp."
        case .cgroup:
            "Not used by this version. Memory is bounded for each child by its limits; for all of "
                + "them together set a limit on the service's own control group."
        }
    }
}
