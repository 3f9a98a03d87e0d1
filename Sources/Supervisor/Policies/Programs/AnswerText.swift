import CLinux
import SandboxPolicy

/// How programs' answers and the calls they are for read in tables, diagnostics and comments.
extension SeccompAction {
    /// "allow", "errno EACCES (13)", "kill process".
    var text: String {
        switch self {
        case .allow: "allow"
        case .log: "log and allow"
        case .errno(let code): "errno \(Self.errnoName(code)) (\(code))"
        case .notify: "notify"
        case .trace(let data): "trace \(data)"
        case .trap: "trap"
        case .killThread: "kill thread"
        case .killProcess: "kill process"
        }
    }

    /// "EACCES", or "number" where the C library has no name.
    private static func errnoName(_ code: UInt16) -> String {
        // The answer is a constant of the C library's, or null.
        guard let name = unsafe clinux_errno_name(Int32(code)) else { return "number" }
        return unsafe String(cString: name)
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

    init?(label: String) {
        guard let match = Self.allCases.first(where: { $0.label == label }) else { return nil }
        self = match
    }
}

extension SeccompCall {
    /// "read(0x0, 0x0, 0x1)", with the arguments up to the last that is not 0.
    var text: String {
        let isForeign = SeccompArchitecture.allCases.allSatisfy { $0.auditValue != architecture }
        let name =
            isForeign
            ? "number \(number) of architecture 0x\(String(architecture, radix: 16))"
            : SyscallNames.name(of: number, architecture)
        let count = arguments.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        let values = arguments.prefix(count).map { "0x" + String($0, radix: 16) }
        return "\(name)(\(values.joined(separator: ", ")))"
    }
}
