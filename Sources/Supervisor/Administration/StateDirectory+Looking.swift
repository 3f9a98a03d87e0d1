import Descriptors
import Glibc

/// What can be told of a state directory without taking it.
extension StateDirectory {
    /// Whether a service uses a state directory: whether its lock is held.
    static func isInUse(_ path: String) -> Bool {
        // The path is read within the call.
        let number = unsafe Glibc.open(
            "\(path)/lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { return errno == EACCES }
        let file = Descriptor(taking: number)
        return flock(file.number, LOCK_SH | LOCK_NB) != 0
    }

    /// Whose a state directory is; nil where there is none.
    static func owner(of path: String) -> Account? {
        var status = stat()
        // stat reads the path and writes into the structure within the call.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Account(uid: status.st_uid, gid: status.st_gid)
    }
}
