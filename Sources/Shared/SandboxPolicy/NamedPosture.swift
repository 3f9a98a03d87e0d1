/// How much of the confinement must be there for the service to start, by the name that an operator
/// writes for it.
public enum NamedPosture: String, CaseIterable, Sendable {
    /// Every layer that a policy requires.
    case strict
    /// For machines that give an ordinary user no namespaces, as most container engines do: those
    /// that need a user namespace are used one by one where the kernel gives them. What holds a
    /// child there is its filter, its limits and Landlock.
    case container
    /// Every layer as in strict, but that a call which a policy denies is recorded and carried out:
    /// for finding out what a policy would deny before it is in force.
    case audit

    /// The layers that this posture does without where they cannot be had.
    public var dispensable: [Layer] {
        switch self {
        case .strict: []
        case .audit: [.seccomp]
        case .container:
            [
                .userNamespace, .pidNamespace, .networkNamespace, .mountNamespace, .ipcNamespace,
                .utsNamespace, .cgroupNamespace, .emptyRoot, .childUserNamespace,
            ]
        }
    }

    /// Those of a policy's required layers without which nothing starts under this posture.
    public func required(of layers: [Layer]) -> [Layer] {
        layers.filter { !dispensable.contains($0) }
    }

    /// The layers that this posture does without and that are not in force.
    public func lost(in posture: Posture) -> [Layer] { posture.missing(of: dispensable) }

    /// The layers that are lost with one that cannot be had, itself among them, in the order in
    /// which they are entered.
    public func lost(with layer: Layer) -> [Layer] {
        guard dispensable.contains(layer) else { return [] }
        switch layer {
        // It is what gives an ordinary user the right to the others.
        case .userNamespace: return dispensable
        case .mountNamespace: return [.mountNamespace, .emptyRoot]
        default: return [layer]
        }
    }
}

extension Layer {
    /// What is lost without it, in one sentence; nil for a layer that no posture does without.
    public var loss: String? {
        switch self {
        case .userNamespace:
            "What escapes from a child has every right of the service's own account."
        case .pidNamespace:
            "Only the filter keeps a child from signalling other processes of the same account, "
                + "and when a zygote dies its children are ended by signals instead of by their "
                + "namespace."
        case .networkNamespace:
            "Only the filter, and for TCP Landlock where the kernel has it, keeps a child from "
                + "the network."
        case .mountNamespace:
            "The mounts of the service are the sandbox's too, and none can be dropped from it."
        case .ipcNamespace:
            "Only the filter keeps a child from System V segments and message queues."
        case .utsNamespace:
            "Only the filter keeps a child from reading the host's name."
        case .cgroupNamespace:
            "Only the filter keeps a child from reading the path of its control group."
        case .emptyRoot:
            "The service's file system stays in place, and only the filter, and Landlock where "
                + "the kernel has it, keeps a child from what the account may read there."
        case .childUserNamespace:
            "Threads are counted for the whole account instead of for one child, which may take "
                + "so many that its siblings get none."
        case .seccomp:
            "Calls that a policy denies are recorded and carried out, and only the other layers "
                + "stop what a child does with them."
        case .capabilities, .groups, .resourceLimits, .noNewPrivileges, .memoryDenyWriteExecute,
            .speculationControl, .notDumpable, .landlock, .cgroup:
            nil
        }
    }
}
