import SandboxPolicy

/// How programs' answers and the calls they are for read in tables, diagnostics and comments.
extension SeccompAction {
    /// "allow", "errno EACCES", "kill process".
    var text: String {
        switch self {
        case .allow: "allow"
        case .log: "log and allow"
        case .errno(let code): "errno \(ErrnoNames.name(of: code) ?? "\(code)")"
        case .notify: "notify"
        case .trace(let data): "trace \(data)"
        case .trap: "trap"
        case .killThread: "kill thread"
        case .killProcess: "kill process"
        }
    }

    /// The text of what a program returns.
    static func text(of returnValue: UInt32) -> String {
        SeccompAction(returnValue: returnValue)?.text
            ?? "kill process (0x\(String(returnValue, radix: 16)) is no action)"
    }

    /// How much an action leaves to the caller.
    enum Width: Int, Comparable, Sendable {
        /// The child ends.
        case ended
        /// The call is not carried out, and the child goes on.
        case answered
        case carriedOut

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    var width: Width {
        switch self {
        case .killProcess, .killThread, .trap, .notify: .ended
        case .errno, .trace: .answered
        case .log, .allow: .carriedOut
        }
    }
}

extension SeccompArchitecture {
    /// The name that uname(1) and `--arch` have for it.
    var label: String {
        switch self {
        case .amd64: "x86_64"
        case .arm64: "aarch64"
        }
    }
}

extension SeccompCall {
    /// "mmap(NULL, 0, PROT_EXEC, 0, 0, 0)": as many arguments as the call has, by the names that
    /// their values have. A call that is in no table has those up to the last that is not 0.
    var text: String {
        let own = SeccompArchitecture.allCases.first { $0.auditValue == architecture }
        guard let own, let entry = SyscallCatalogue.entry(number: number, on: own) else {
            let foreign = own == nil ? " of architecture 0x\(String(architecture, radix: 16))" : ""
            let count = arguments.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
            let values = arguments.prefix(count).map { "0x" + String($0, radix: 16) }
            let name = number == .max ? "number -1" : "number 0x\(String(number, radix: 16))"
            return "\(name)\(foreign)(\(values.joined(separator: ", ")))"
        }
        let values = zip(entry.arguments, arguments).map { $0.kind.text($1, on: own) }
        let beyond = arguments.dropFirst(values.count)
        let rest = beyond.contains { $0 != 0 } ? beyond.map { "0x" + String($0, radix: 16) } : []
        return "\(entry.name)(\((values + rest).joined(separator: ", ")))"
    }
}
