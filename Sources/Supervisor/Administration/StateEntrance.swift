import Glibc

/// A way into a state directory for what goes by paths, as SQLite does.
///
/// Root may start the service with a directory below one that the account of the service cannot pass
/// through. Everything else is reached through the directory's descriptor; this gives that a path.
struct StateEntrance {
    private let folder: String
    /// Kept open until the process ends, and no child inherits it; nil where it is not needed.
    private let number: CInt?

    /// Make it before root is dropped.
    init(_ folder: String) {
        self.folder = folder
        guard Privileges.isRoot else {
            number = nil
            return
        }
        // The path is read within the call.
        let opened = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        number = opened < 0 ? nil : opened
    }

    /// The path, or one through the descriptor where this account cannot go by that: ask for it when
    /// root is dropped. A link of proc(5) leads to the directory itself, by no path.
    var path: String {
        // The path is read within the call.
        guard let number, unsafe access(folder, X_OK) != 0 else { return folder }
        return "/proc/self/fd/\(number)"
    }
}
