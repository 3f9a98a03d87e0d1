import Descriptors
import FoundationEssentials
import Glibc

/// `admin.json` in the state directory: where the admin listener is, and a key that it accepts.
struct AdminEntry: Equatable, Decodable, Sendable {
    /// Where a program on this machine reaches the listener.
    let url: String
    /// See ``OperatorKey``.
    let key: String
    let pid: Int
    /// RFC 3339.
    let started: String

    var json: JSONValue {
        .object([
            ("url", .string(url)), ("key", .string(key)), ("pid", .integer(Int64(pid))),
            ("started", .string(started)),
        ])
    }

    /// Why there is no entry to be had.
    enum Failure: Error, Equatable, Sendable {
        /// No service runs that uses this folder.
        case missing
        /// The account may not read it: a sentence that says who may.
        case denied(String)
        case unreadable(String)
    }

    /// Far more than an entry has.
    private static let largest = 64 << 10

    /// Reads the entry in a state directory.
    static func read(in folder: String) throws(Failure) -> AdminEntry {
        let path = folder + "/admin.json"
        let bytes: [UInt8]
        do throws(SystemError) {
            // The path is read within the call only. A FIFO is not waited for.
            let number = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard number >= 0 else { throw SystemError("open", errno) }
            bytes = try Descriptor(taking: number).readToEnd(limit: largest)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR: throw .missing
            case EACCES: throw .denied(whoMayRead(folder))
            default: throw .unreadable("\(path) cannot be read (\(error)).")
            }
        }
        guard let entry = try? JSONDecoder().decode(AdminEntry.self, from: Data(bytes)) else {
            throw .unreadable("\(path) is no entry that a service has written.")
        }
        return entry
    }

    private static func whoMayRead(_ folder: String) -> String {
        let otherwise = "or use --admin URL with GLOVEBOX_ADMIN_KEY."
        var status = stat()
        // stat reads the path and writes into the structure within the call.
        guard unsafe stat(folder, &status) == 0 else {
            return "The state directory \(folder) is out of reach for this account. Run this as "
                + "the account of the service, \(otherwise)"
        }
        guard status.st_mode & (S_IRGRP | S_IXGRP) != 0 else {
            return "The state directory \(folder) can be read by "
                + "\(AccountName.user(status.st_uid)) only. Run this as that account, "
                + otherwise
        }
        let group = AccountName.group(status.st_gid)
        return "The state directory \(folder) can be read by group \(group) only. Join it: sudo "
            + "usermod -aG \(group) $USER, then log in again; \(otherwise)"
    }
}

/// A key for the operator commands of this machine, new for each start of the service.
enum OperatorKey {
    /// 32 bytes of the kernel's random generator (getrandom(2)) in base64url without padding
    /// (RFC 4648 section 5).
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return String(
            Data(bytes).base64EncodedString().compactMap {
                switch $0 {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: $0
                }
            })
    }
}
