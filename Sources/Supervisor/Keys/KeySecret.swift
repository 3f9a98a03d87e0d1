import Crypto
import Descriptors
import Glibc

/// `keys.secret` in the state directory: what keys of the store are hashed with. Whoever has a copy of
/// the store without it can try no guesses.
enum KeySecret {
    static let name = "keys.secret"

    /// Reads it.
    ///
    /// - Parameter makes: whether one is made where there is none.
    static func read(in folder: String, makes: Bool) throws(KeyStore.Failure) -> SymmetricKey {
        do throws(SystemError) {
            let state = try SecretFile.folder(folder)
            if makes { return SymmetricKey(data: try SecretFile.bytes(name, in: state)) }
            guard let bytes = try SecretFile.read(name, in: state) else {
                throw SystemError("open", ENOENT)
            }
            return SymmetricKey(data: bytes)
        } catch {
            throw failure(error, "\(folder)/\(name)")
        }
    }

    private static func failure(_ error: SystemError, _ path: String) -> KeyStore.Failure {
        switch error.code {
        case ENOENT:
            .unusable(
                "\(path) is gone, without which no key of the store can be known again. Put it "
                    + "back, or remove \(KeyStore.name) beside it and make new keys.")
        case EBADMSG, EFBIG:
            .unusable(
                "\(path) has not the \(SecretFile.length) bytes that it was made with. Put them back, or "
                    + "remove it and \(KeyStore.name) beside it and make new keys.")
        default: KeyFile.failure(error, path)
        }
    }
}

/// What files about keys have to be: of this account, and for nobody else to read.
enum KeyFile {
    /// - Throws: EPERM for another's, EACCES where others may read or write it, EMLINK where it has
    ///   another name.
    static func check(_ file: borrowing Descriptor) throws(SystemError) {
        var status = stat()
        // fstat writes into the structure alone.
        guard unsafe fstat(file.number, &status) == 0 else { throw SystemError("fstat", errno) }
        try check(status)
    }

    static func check(_ status: stat) throws(SystemError) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", EINVAL) }
        guard status.st_uid == geteuid() || geteuid() == 0 else { throw SystemError("open", EPERM) }
        guard status.st_mode & 0o077 == 0 else { throw SystemError("open", ENOTSUP) }
        guard status.st_nlink == 1 else { throw SystemError("open", EMLINK) }
    }

    /// Makes an empty one, unless there is one.
    ///
    /// It is not opened where it is there: closing a second descriptor of a file takes SQLite's locks
    /// away (fcntl(2), POSIX locks).
    static func make(_ path: String) throws(SystemError) {
        // The path is read within the call only.
        let number = unsafe open(
            path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 || errno == EEXIST else { throw SystemError("open", errno) }
        if number >= 0 { _ = Descriptor(taking: number) }
    }

    /// nil where there is nothing of the name.
    static func status(_ path: String) throws(SystemError) -> stat? {
        var status = stat()
        // lstat reads the path and writes into the structure within the call.
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError("lstat", errno)
        }
        return status
    }

    static func failure(_ error: SystemError, _ path: String) -> KeyStore.Failure {
        switch error.code {
        case ENOTSUP:
            .unusable(
                "Other accounts may read \(path). Mend it with 'chmod 600 \(path)'; if somebody "
                    + "has read it, make new keys.")
        case EINVAL, ELOOP, EMLINK:
            .unusable("\(path) is not a regular file with one name. Put the file itself there.")
        case EPERM:
            .unusable("\(path) belongs to another account than the service's. Give it to that.")
        default: .unusable("\(path) cannot be used (\(error)).")
        }
    }
}
