import CLinux
import Descriptors
import Glibc

/// The account the service works under when it was started as root.
struct Account: Equatable, Sendable {
    let uid: UInt32
    let gid: UInt32

    /// Nobody, as every Linux has it.
    static let nobody = Account(uid: 65_534, gid: 65_534)

    /// The account that is meant by `--user`: a name, or a number. Without one it is the account
    /// `glovebox` where that exists, else ``nobody``.
    static func chosen(_ given: Setting.Given?) throws(CommandFailure) -> Account {
        guard let given else { return named("glovebox") ?? .nobody }
        let account: Account? =
            if let uid = UInt32(given.value), uid != .max {
                numbered(uid)
            } else {
                named(given.value)
            }
        guard let account else {
            throw given.invalid("Name an account of this machine, or write its number.")
        }
        guard account.uid != 0, account.gid != 0 else {
            throw given.invalid("Images are not decoded as root. Name another account.")
        }
        return account
    }

    private static func named(_ name: String) -> Account? {
        // Called at the start, before other threads use the account database; the entry is static.
        guard let entry = unsafe getpwnam(name) else { return nil }
        return unsafe Account(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
    }

    /// A number needs no entry; without one its group has the same number.
    private static func numbered(_ uid: UInt32) -> Account {
        // As above.
        guard let entry = unsafe getpwuid(uid) else { return Account(uid: uid, gid: uid) }
        return unsafe Account(uid: uid, gid: entry.pointee.pw_gid)
    }
}

/// Root's rights, and how to be rid of them.
enum Privileges {
    static var isRoot: Bool { geteuid() == 0 }

    /// Becomes `account` for good, supplementary groups included. Nothing happens unless the
    /// process is root.
    static func drop(to account: Account) throws(CommandFailure) {
        try set(account, keepsSavedRoot: false)
    }

    /// Becomes `account` until ``restore()``, for commands that must write where root may.
    static func suspend(to account: Account) throws(CommandFailure) {
        try set(account, keepsSavedRoot: true)
    }

    /// Becomes root again after ``suspend(to:)``. Supplementary groups stay dropped.
    static func restore() throws(CommandFailure) {
        do throws(SystemError) {
            try SystemError.check("setresuid", clinux_restore_root())
        } catch {
            throw .failed("Root's rights cannot be taken up again (\(error)).")
        }
    }

    private static func set(
        _ account: Account, keepsSavedRoot: Bool
    ) throws(CommandFailure) {
        guard isRoot else { return }
        do throws(SystemError) {
            let result = clinux_set_identity(account.uid, account.gid, keepsSavedRoot ? 1 : 0)
            try SystemError.check("setresuid", result)
        } catch {
            throw .failed(
                "Root's rights cannot be dropped to user \(account.uid) (\(error)). Start the "
                    + "service as an ordinary user instead.")
        }
    }
}
