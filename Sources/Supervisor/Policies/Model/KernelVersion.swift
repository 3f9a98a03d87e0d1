import Glibc

/// A version of the kernel, as far as a profile's `minKernel` tells them apart.
struct KernelVersion: Comparable, Sendable, CustomStringConvertible {
    var major: Int
    var minor: Int

    var description: String { "\(major).\(minor)" }

    static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `4.8`, and of a release such as `6.1.0-18-amd64` the two numbers it begins with; nil
    /// for anything else.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        func number(_ digits: Substring) -> Int? {
            guard (1...6).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            return Int(digits)
        }
        let digits = parts[1].prefix { $0.isASCII && $0.isNumber }
        guard let major = number(Substring(parts[0])), let minor = number(Substring(digits)) else {
            return nil
        }
        guard parts.count == 3 || digits.count == parts[1].count || digits.count > 0 else {
            return nil
        }
        self.init(major, minor)
    }

    /// That of the machine this runs on, uname(2).
    static let running: KernelVersion = {
        var names = utsname()
        // The structure is filled within the call; its fields end with a NUL.
        guard unsafe uname(&names) == 0 else { return KernelVersion(0, 0) }
        let release = unsafe withUnsafeBytes(of: &names.release) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return KernelVersion(release) ?? KernelVersion(0, 0)
    }()
}
