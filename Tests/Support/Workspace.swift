public import Foundation
internal import Glibc

/// A folder of its own for one test, readable by every account, with copies of the programs: the
/// folder they were built in may be closed to the account they run as.
public final class Workspace: Sendable {
    /// The programs to copy.
    public enum Program: String, Sendable {
        case glovebox
        case sandbox = "glovebox-sandbox"
        case hostileSandbox = "HostileSandbox"
        case filterProbe = "FilterProbe"
    }

    public let folder: URL

    public init() throws {
        folder = URL(filePath: "/tmp/glovebox-test-\(UUID())", directoryHint: .isDirectory)
        try Self.makeFolder(folder, mode: 0o755)
        // Whatever a program writes without being told where lands here, where it is noticed.
        try Self.makeFolder(scratch, mode: 0o777)
    }

    /// TMPDIR and HOME of the programs.
    public var scratch: URL { folder.appending(path: "scratch", directoryHint: .isDirectory) }

    /// Copies a program here, unless that was done before.
    public func program(_ program: Program) throws -> String {
        let target = folder.appending(path: program.rawValue)
        if !FileManager.default.fileExists(atPath: target.path) {
            let built = Self.builtPrograms.appending(path: program.rawValue)
            try FileManager.default.copyItem(at: built, to: target)
            try Self.set(mode: 0o755, of: target)
        }
        return target.path
    }

    /// Copies policies of the repository here.
    ///
    /// - Parameters:
    ///   - names: which of them; nil for all that are shipped. A suite that is not about formats
    ///     needs one, and starts faster with it.
    ///   - change: what is done to each file's text.
    public func policies(
        _ names: [String]? = ["raster"], _ change: (String) throws -> String = { $0 }
    ) throws -> String {
        let target = folder.appending(path: "policies-\(UUID().uuidString)")
        try Self.makeFolder(target, mode: 0o755)
        let source = Self.repository.appending(path: "policies")
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
        where name.hasSuffix(".yaml") && names?.contains(String(name.dropLast(5))) != false {
            let text = try String(contentsOf: source.appending(path: name), encoding: .utf8)
            try write(Array(try change(text).utf8), to: "\(target.lastPathComponent)/\(name)")
        }
        return target.path
    }

    /// The run-time libvips that the environment names, copied here; nil when it names none.
    public func libraries() throws -> String? {
        guard let given = ProcessInfo.processInfo.environment["GLOVEBOX_VIPS_DIR"], !given.isEmpty,
            given != "system"
        else { return nil }
        let target = folder.appending(path: "vips")
        if !FileManager.default.fileExists(atPath: target.path) {
            try FileManager.default.copyItem(at: URL(filePath: given), to: target)
            try Self.set(mode: 0o755, of: target)
        }
        return target.path
    }

    /// Writes a file that every account can read.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let target = folder.appending(path: name)
        try Self.makeFolder(target.deletingLastPathComponent(), mode: 0o755)
        try Data(bytes).write(to: target)
        try Self.set(mode: 0o644, of: target)
        return target.path
    }

    /// Every file below the folder, by its path in it.
    public func files() -> Set<String> {
        let all = FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []
        return Set(all.compactMap { $0 as? String })
    }

    public func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Where the build put the programs: beside the tests.
    static var builtPrograms: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    public static var repository: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func makeFolder(_ folder: URL, mode: Int) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try set(mode: mode, of: folder)
    }

    /// In spite of the umask.
    private static func set(mode: Int, of file: URL) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }
}

/// What stands in for a machine that gives a sandbox less, or for a container; CHostile.h says what each does.
public enum Surroundings: String, Sendable, CaseIterable {
    case noUserNamespaces = "no-user-namespaces"
    case refusedNamespaces = "refused-namespaces"
    case refusedWalls = "refused-walls"
    case refusedFilters = "refused-filters"
    case adoptsOrphans = "adopts-orphans"
    case noSystemLibvips = "no-system-libvips"

    /// The command line that starts `program` in them.
    public func command(
        _ program: String, _ arguments: [String], in workspace: Workspace
    ) throws -> (program: String, [String]) {
        (try workspace.program(.hostileSandbox), ["--under", rawValue, program] + arguments)
    }
}

/// Whose rights a program is started with.
public enum Identity: String, Sendable, CaseIterable {
    case root
    /// uid and gid 65534 without groups when the tests run as root, else the tests' own account.
    case ordinaryUser

    public static var testsRunAsRoot: Bool { geteuid() == 0 }

    /// Those that the tests can start a program as.
    public static var available: [Identity] { testsRunAsRoot ? allCases : [.ordinaryUser] }

    /// The command line that starts `program` so.
    public func command(
        _ program: String, _ arguments: [String]
    ) -> (program: String, [String]) {
        guard self == .ordinaryUser, Self.testsRunAsRoot else { return (program, arguments) }
        let prefix = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", program]
        return ("/usr/bin/setpriv", prefix + arguments)
    }
}
