/// Names of errno values, as Podman's profiles write them.
enum ErrnoNames {
    /// By number from 1 on, the same on x86-64 and AArch64 (asm-generic/errno.h); `-` where a number
    /// has no name of its own.
    private static let table = """
        EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
        EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
        EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
        EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
        - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI
        EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR
        ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM
        EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD
        ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE
        EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP
        EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
        ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS
        EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
        ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS
        ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED
        ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
        """

    private static let numbers: [String: UInt16] = {
        var numbers: [String: UInt16] = [
            "EWOULDBLOCK": 11, "EDEADLOCK": 35, "ENOTSUP": 95,
        ]
        for (index, name) in table.split(whereSeparator: \.isWhitespace).enumerated()
        where name != "-" {
            numbers[String(name)] = UInt16(index + 1)
        }
        return numbers
    }()

    /// All of them, for suggestions.
    static let all = numbers.keys.sorted()

    private static let names: [UInt16: String] = Dictionary(
        uniqueKeysWithValues: table.split(whereSeparator: \.isWhitespace).enumerated()
            .filter { $0.element != "-" }.map { (UInt16($0.offset + 1), String($0.element)) })

    /// The first name of a number; nil where it has none.
    static func name(of number: UInt16) -> String? { names[number] }

    static func number(of name: String) -> UInt16? { numbers[name] }
}
