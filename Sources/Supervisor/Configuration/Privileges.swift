import CLinux
import Descriptors
import Glibc

/// The account the service works under when it was started as root.
struct Account: Equatable, Sendable {
    let uid: UInt32
    let gid: UInt32

    /// Nobody, as every Linux has it.
    static let nobody = Account(uid: 65_534, gid: 65_534)

    /// The account of a service that was told nothing else: `glovebox` where that exists, else
    /// ``nobody``.
    static var standard: Account {
        let found = unsafe found { entry, buffer, size, result in
            // The name and the buffer live for the length of the call.
            unsafe getpwnam_r("glovebox", entry, buffer, size, result)
        }
        return found ?? .nobody
    }

    /// The number of the group `glovebox`, whose members may read what the service keeps; nil where
    /// there is none.
    static var group: UInt32? {
        var entry = unsafe Glibc.group()
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        var result: UnsafeMutablePointer<Glibc.group>?
        // The pointers are used within the call; of the entry only its number is read.
        let failure = unsafe getgrnam_r("glovebox", &entry, &buffer, buffer.count, &result)
        guard failure == 0, unsafe result != nil else { return nil }
        return unsafe entry.gr_gid
    }

    /// The account that is meant by a name, or by a number, which needs no entry; without one its
    /// group has the same number. Never root.
    static func named(_ text: String) throws(ValueError) -> Account {
        let account: Account? =
            if let uid = UInt32(text), uid != .max {
                unsafe found { entry, buffer, size, result in
                    // The buffer lives for the length of the call.
                    unsafe getpwuid_r(uid, entry, buffer, size, result)
                } ?? Account(uid: uid, gid: uid)
            } else {
                unsafe found { entry, buffer, size, result in
                    // As above, and so does the name.
                    unsafe getpwnam_r(text, entry, buffer, size, result)
                }
            }
        guard let account else { throw .malformed("is no account of this machine") }
        guard account.uid != 0, account.gid != 0 else {
            throw .refused(
                "is root, and images are not decoded as root", advice: "Name another account.")
        }
        return account
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt

    /// Asks the account database by one of its reentrant calls: a reload asks while others run.
    private static func found(_ lookup: Lookup) -> Account? {
        var entry = unsafe passwd()
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        var result: UnsafeMutablePointer<passwd>?
        // The pointers are used within the call; of the entry only its numbers are read.
        guard unsafe lookup(&entry, &buffer, buffer.count, &result) == 0, unsafe result != nil
        else { return nil }
        return unsafe Account(uid: entry.pw_uid, gid: entry.pw_gid)
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

    /// Reaches files with the rights of who started the process, after ``suspend(to:)``: on this thread
    /// alone, while `work` runs. After ``drop(to:)``, and without root, it is only done.
    static func asStarter<Value>(
        _ work: () throws(CommandFailure) -> Value
    ) throws(CommandFailure) -> Value {
        guard clinux_files_as_root(1) == 1 else { return try work() }
        defer { _ = clinux_files_as_root(0) }
        return try work()
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
