/// One layer of a child's confinement.
///
/// The raw value is the name in policy files, `doctor`, records and metrics; ``Layer/code`` is what
/// travels on the wire. Neither ever changes meaning between releases.
public enum Layer: String, CaseIterable, Sendable {
    case userNamespace = "user-namespace"
    case pidNamespace = "pid-namespace"
    case networkNamespace = "network-namespace"
    case mountNamespace = "mount-namespace"
    case ipcNamespace = "ipc-namespace"
    case utsNamespace = "uts-namespace"
    case cgroupNamespace = "cgroup-namespace"
    case emptyRoot = "empty-root"
    case childUserNamespace = "child-user-namespace"
    case capabilities
    case groups
    case resourceLimits = "resource-limits"
    case noNewPrivileges = "no-new-privileges"
    case memoryDenyWriteExecute = "memory-deny-write-execute"
    case speculationControl = "speculation-control"
    case notDumpable = "not-dumpable"
    case landlock
    case seccomp
    case cgroup

    /// The byte that stands for this layer on the wire.
    public var code: UInt8 {
        switch self {
        case .userNamespace: 1
        case .pidNamespace: 2
        case .networkNamespace: 3
        case .mountNamespace: 4
        case .ipcNamespace: 5
        case .utsNamespace: 6
        case .cgroupNamespace: 7
        case .emptyRoot: 8
        case .childUserNamespace: 9
        case .capabilities: 10
        case .groups: 11
        case .resourceLimits: 12
        case .noNewPrivileges: 13
        case .memoryDenyWriteExecute: 14
        case .speculationControl: 15
        case .notDumpable: 16
        case .landlock: 17
        case .seccomp: 18
        case .cgroup: 19
        }
    }

    /// The layer a wire byte stands for, nil when it stands for none.
    public init?(code: UInt8) {
        guard let match = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = match
    }

    /// Layers that no policy can do without: where one of them cannot be had, setting up ends.
    public static let alwaysRequired: [Layer] = [
        .userNamespace, .pidNamespace, .networkNamespace, .mountNamespace, .ipcNamespace,
        .utsNamespace, .cgroupNamespace, .emptyRoot, .childUserNamespace, .capabilities,
        .resourceLimits, .noNewPrivileges, .notDumpable, .seccomp,
    ]

    /// The name as a reader sees it.
    public var title: String {
        switch self {
        case .userNamespace: "User namespace"
        case .pidNamespace: "PID namespace"
        case .networkNamespace: "Network namespace"
        case .mountNamespace: "Mount namespace"
        case .ipcNamespace: "IPC namespace"
        case .utsNamespace: "UTS namespace"
        case .cgroupNamespace: "Cgroup namespace"
        case .emptyRoot: "Empty root"
        case .childUserNamespace: "User namespace per child"
        case .capabilities: "No capabilities"
        case .groups: "No supplementary groups"
        case .resourceLimits: "Resource limits"
        case .noNewPrivileges: "No new privileges"
        case .memoryDenyWriteExecute: "Memory-deny-write-execute"
        case .speculationControl: "Speculation control"
        case .notDumpable: "Not dumpable"
        case .landlock: "Landlock"
        case .seccomp: "seccomp filter"
        case .cgroup: "Control group"
        }
    }

    /// What the layer is there for, in one sentence.
    public var reason: String {
        switch self {
        case .userNamespace:
            "Root inside is nobody outside, and an ordinary user may enter the other namespaces."
        case .pidNamespace:
            "No process outside can be seen or signalled, and the zygote's death kills its children."
        case .networkNamespace:
            "There is no interface, so there is nobody to send a stolen byte to."
        case .mountNamespace:
            "Mounts made for the sandbox stay in it, and those of the host can be dropped from it."
        case .ipcNamespace:
            "System V segments and message queues of the host are out of reach."
        case .utsNamespace:
            "The host's name can be neither changed nor used to recognise the machine."
        case .cgroupNamespace:
            "The host's control group tree cannot be read as a path."
        case .emptyRoot:
            "There is no file to open but what the policy puts there, and that can only be read."
        case .childUserNamespace:
            "Limits on processes count one child alone, so that siblings cannot starve each other."
        case .capabilities:
            "No privilege is left, not even one that counts only inside the namespaces."
        case .groups:
            "No group of the account that started the service is held."
        case .resourceLimits:
            "Memory, processor time, threads and file sizes end where the policy says."
        case .noNewPrivileges:
            "No later exec can gain a privilege, and an unprivileged process may set its filter."
        case .memoryDenyWriteExecute:
            "Memory that was writable can never become code, whichever call asks for it."
        case .speculationControl:
            "Speculative reads of memory outside the decoder's own bounds are switched off."
        case .notDumpable:
            "No sibling can attach to a child, and no core file of an image is ever written."
        case .landlock:
            "File system and TCP stay shut by a second mechanism that does not read call numbers."
        case .seccomp:
            "Only the calls that decoding needs reach the kernel, everything else is reported."
        case .cgroup:
            "Memory and processes of all children together have one bound the kernel enforces."
        }
    }
}

/// What became of one layer on this kernel.
public enum LayerState: UInt8, CaseIterable, Sendable {
    /// In force.
    case enforced = 1
    /// The kernel, or the right the service runs with, does not offer it.
    case unsupported = 2
    /// Offered, but switched off by the operator.
    case disabled = 3

    /// The name in `doctor`, records and metrics.
    public var name: String {
        switch self {
        case .enforced: "enforced"
        case .unsupported: "unsupported"
        case .disabled: "disabled"
        }
    }
}

/// The layers that hold one child, as far as they have been reported.
public struct Posture: Equatable, Sendable {
    /// One layer and what became of it.
    public struct Entry: Equatable, Sendable {
        public var layer: Layer
        public var state: LayerState
        /// For an enforced layer what there is of it (empty root: how many of the host's folders
        /// are in it; Landlock: its ABI; speculation control: bit 0
        /// store bypass, bit 1 indirect branches), else 0; for an unsupported one the errno that
        /// the kernel answered (groups: how many are held).
        public var detail: UInt32

        public init(_ layer: Layer, _ state: LayerState, detail: UInt32 = 0) {
            self.layer = layer
            self.state = state
            self.detail = detail
        }
    }

    /// In the order in which they were reported, each layer at most once.
    public private(set) var entries: [Entry] = []

    public init() {}

    /// What was reported for a layer, nil when nothing was.
    public subscript(layer: Layer) -> Entry? { entries.first { $0.layer == layer } }

    /// Adds a layer, or replaces what was reported for it before.
    public mutating func set(_ layer: Layer, _ state: LayerState, detail: UInt32 = 0) {
        let entry = Entry(layer, state, detail: detail)
        if let index = entries.firstIndex(where: { $0.layer == layer }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    /// Those of `required` that are not in force. A layer nobody reported is not in force.
    public func missing(of required: [Layer]) -> [Layer] {
        required.filter { self[$0]?.state != .enforced }
    }
}
