import SandboxPolicy

/// Calls that open files: only in a root that holds none of the host's, and only to read.
enum FileAccessCheck {
    /// Calls that open by a path, with the argument that has the flags.
    private static let opening = [("open", 1), ("openat", 2)]

    /// Calls that open, and for which no argument that a filter can read says how.
    static let unbounded = [
        "creat": "creates and truncates files",
        "openat2": "has its flags in memory, where no filter can read them",
        "name_to_handle_at": "makes handles for files outside of the root",
        "open_by_handle_at": "opens files outside of the root by their handles",
    ]

    /// Calls that only look at what is beneath a path.
    static let looking: Set<String> = [
        "access", "chdir", "faccessat", "faccessat2", "fchdir", "file_getattr", "getxattr",
        "getxattrat", "lgetxattr", "listxattr", "listxattrat", "llistxattr", "lstat",
        "newfstatat", "readlink", "readlinkat", "stat", "statfs", "statx",
    ]

    /// Whether this check speaks about the call, and the one for dangerous calls need not.
    static func covers(_ name: String) -> Bool {
        looking.contains(name) || unbounded[name] != nil || opening.contains { $0.0 == name }
    }

    /// O_WRONLY, O_RDWR, O_CREAT, O_TRUNC and __O_TMPFILE, alike on both architectures.
    private static let writing: UInt64 = 0x1 | 0x2 | 0x40 | 0x200 | 0x40_0000

    private static let answer =
        "answer it with SCMP_ACT_ERRNO and errnoRet 13, or write 'root: documents' under "
        + "x-glovebox"

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        for (name, reason) in unbounded.sorted(by: { $0.key < $1.key }) {
            found += subject.carriedOut(name).map { witness in
                subject.diagnostic(
                    .error, .fileAccess, witness.rule, naming: name,
                    "'\(name)' is allowed, which \(reason)", "remove it, openat opens for reading")
            }
        }
        guard subject.root == .documents else { return found + withoutRoot(subject) }
        for (name, index) in opening {
            found += subject.carriedOut(name, index: index) { $0 & writing != 0 }.map { witness in
                let flags = String(witness.call.arguments[index], radix: 16)
                return subject.diagnostic(
                    .error, .fileAccess, witness.rule, naming: name,
                    "'\(name)' is allowed with the flags 0x\(flags), which do more than read",
                    "compare argument \(index) with 'value: 0x400243, valueTwo: 0, op: "
                        + "SCMP_CMP_MASKED_EQ'")
            }
        }
        if !opening.contains(where: { !subject.carriedOut($0.0).isEmpty }) {
            found.append(
                subject.diagnostic(
                    .warning, .fileAccess, at: subject.place(of: "x-glovebox.root"),
                    "children get a root with files, and no rule lets them open one",
                    "allow openat for reading, or remove 'root'"))
        }
        return found
    }

    private static func withoutRoot(_ subject: LintSubject) -> [PolicyDiagnostic] {
        let opened = opening.flatMap { name, _ in
            subject.carriedOut(name).map { witness in
                subject.diagnostic(
                    .error, .fileAccess, witness.rule, naming: name,
                    "'\(name)' is allowed, and the children's root is to be empty", answer)
            }
        }
        let looked = looking.sorted().flatMap { name in
            subject.carriedOut(name).map { witness in
                subject.diagnostic(
                    .warning, .fileAccess, witness.rule, naming: name,
                    "'\(name)' is allowed, and the children's root is to be empty", answer)
            }
        }
        return opened + looked
    }
}
