import SandboxPolicy

extension SeccompAction {
    /// What it means for the child that makes the call, as a sentence without a full stop.
    var meaning: String {
        switch self {
        case .allow: "the call is carried out"
        case .log: "the call is carried out, with a line in the kernel's log"
        case .errno(let code):
            "the call is not carried out, it fails with \(ErrnoNames.name(of: code) ?? "\(code)"); "
                + "the child goes on"
        case .notify: "the call is held and recorded, and the child is killed"
        case .trace:
            "a tracer decides; without one, as in a child, the call fails with ENOSYS and the "
                + "child goes on"
        case .trap: "the child gets SIGSYS, which ends it"
        case .killThread: "the thread is killed without a record; others of the child stay and hang"
        case .killProcess: "the child is killed at once, without a record of the call"
        }
    }
}

extension SyscallEntry.Exposure {
    /// For tables.
    var label: String {
        switch self {
        case .harmless: "harmless"
        case .limited: "limited"
        case .byArguments: "by arguments"
        case .dangerous: "dangerous"
        }
    }
}

extension SyscallRule {
    /// The comment as one line of plain text: what stands in a file may not move a terminal's cursor.
    var reason: String {
        let comment = comment ?? ""
        let scalars = comment.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar == "\n" || scalar == "\t" { return " " }
            return scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar
        }
        let text = String(String.UnicodeScalarView(scalars))
        return text.allSatisfy(\.isWhitespace) ? "no reason is given" : text
    }
}
