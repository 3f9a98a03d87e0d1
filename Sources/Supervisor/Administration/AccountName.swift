import Glibc

/// Accounts and groups as people write them: by name where they have one, else by number.
enum AccountName {
    static func user(_ id: uid_t) -> String {
        // The entry is static, and copied before anybody else asks.
        guard let entry = unsafe getpwuid(id), let name = unsafe entry.pointee.pw_name else {
            return String(id)
        }
        return unsafe String(cString: name)
    }

    static func group(_ id: gid_t) -> String {
        // As above.
        guard let entry = unsafe getgrgid(id), let name = unsafe entry.pointee.gr_name else {
            return String(id)
        }
        return unsafe String(cString: name)
    }
}
