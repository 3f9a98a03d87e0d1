import Descriptors
import Glibc

/// The audit log's key in a state directory, for who names no other.
enum AuditSecret {
    static let name = "audit.secret"

    /// - Parameters:
    ///   - state: opened for reading.
    ///   - path: of the state directory, for messages.
    ///   - makes: whether one is made where there is none.
    /// - Returns: nil where there is none.
    static func key(
        in state: borrowing Descriptor, ofState path: String, makes: Bool
    ) throws(CommandFailure) -> AuditKey? {
        do throws(SystemError) {
            if makes { return AuditKey(try SecretFile.bytes(name, in: state)) }
            return try SecretFile.read(name, in: state).map { AuditKey($0) }
        } catch {
            throw .failed(sentence(error, "\(path)/\(name)"))
        }
    }

    private static func sentence(_ error: SystemError, _ path: String) -> String {
        switch error.code {
        case ENOTSUP:
            "Other accounts may read the audit log's key \(path), and could forge lines with it. "
                + "Mend it with 'chmod 600 \(path)'."
        case EBADMSG, EFBIG:
            "The audit log's key \(path) has not the \(SecretFile.length) bytes that it was made "
                + "with. Put them back, or move it away together with the folder "
                + "\(AuditFolder.name) beside it."
        default:
            "The audit log's key \(path) cannot be used (\(error)). Run this as the account of the "
                + "service."
        }
    }
}
