import CLinux
import Descriptors
import Glibc
import NIOCore

/// What defaults and rules depend on beside the settings, looked up once at the start: a reload must
/// not change a default, and root's rights are gone by then.
struct Machine: Sendable {
    /// The configuration of a service that was told nothing.
    var standard: ServiceConfiguration
    var isRoot: Bool
    /// Ports below it are root's.
    var firstUnprivilegedPort: Int
    /// What this service may use; nil where that is not known.
    var memory: MachineMemory?
    /// Descriptors that this service may have open; nil where that is not known.
    var descriptors: Int?
    /// The configuration files that are looked for where none is named.
    var defaultFiles = ["glovebox.yaml", "/etc/glovebox/glovebox.yaml"]
    /// The environment file, in the working directory.
    var environmentFile = ".env"

    /// This machine, with the environment of this process. Blocks on the file system.
    static func current(_ environment: [String: String]) -> Machine {
        var standard = ServiceConfiguration()
        let isRoot = Privileges.isRoot
        standard.state =
            StatePath.standard(isRoot: isRoot) { environment[$0] } ?? StatePath.system
        if exists("policies", F_OK) { standard.policies = "policies" }
        if let folder = programFolder {
            standard.sandbox = folder + "/glovebox-sandbox"
            let beside = folder + "/vips"
            if exists(beside + "/libvips.so.42", R_OK) { standard.vips = beside }
        }
        standard.user = .standard
        // One more than processors: while a child's memory goes back to the kernel and its worker is
        // taken until that is done, another image is computed.
        standard.workers = System.coreCount + 1
        return Machine(
            standard: standard, isRoot: isRoot, firstUnprivilegedPort: readFirstUnprivilegedPort(),
            memory: .current(),
            // The service raises its soft limit to it.
            descriptors: Int(clamping: clinux_hard_limit(CInt(RLIMIT_NOFILE.rawValue))))
    }

    /// Where this program stands, symbolic links resolved.
    private static var programFolder: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // readlink writes at most `count` bytes into the buffer and says how many.
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        let path = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    }

    /// ip(7): 1024 unless the administrator chose another; container runtimes often choose 0.
    private static func readFirstUnprivilegedPort() -> Int {
        guard
            let file = try? Descriptor(
                opening: "/proc/sys/net/ipv4/ip_unprivileged_port_start", as: .file),
            let bytes = try? file.readToEnd(limit: 64)
        else { return 1_024 }
        return Int(digits: Substring(String(decoding: bytes.dropLast(), as: UTF8.self))) ?? 1_024
    }

    static func exists(_ path: String, _ mode: CInt = F_OK) -> Bool {
        // access reads the path within the call only.
        unsafe access(path, mode) == 0
    }
}
