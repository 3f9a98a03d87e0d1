/// One argument of a system call.
struct SyscallArgument: Sendable {
    /// How a value is read. Those of C's int have 32 bits, and the rest of the register may hold
    /// anything.
    enum Kind: String, CaseIterable, Sendable {
        case descriptor, int, unsigned, size, offset, pointer
        case protection, mapFlags, remapFlags, advice, openFlags, accessMode, cloneFlags
        case futexOperation, signal, prctlOption, clock, randomFlags, ioctlRequest, processID
        case fcntlCommand, socketFamily, seekWhence, atFlags
        case socketType, maskOperation, resource, archOption
        /// Permissions of a file, which people write in octal.
        case permissions

        /// Whether the kernel looks at the lower 32 bits alone.
        var isInt: Bool {
            switch self {
            case .size, .offset, .pointer: false
            // The kernel takes these as unsigned long: all 64 bits count.
            case .protection, .mapFlags, .remapFlags, .cloneFlags: false
            default: true
            }
        }
    }

    /// The name in the call's man page.
    let name: String
    let kind: Kind
}
