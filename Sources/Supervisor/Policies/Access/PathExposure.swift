import Glibc

/// A place on the way to a policy that the account asking could change, and with it the policy.
struct PathExposure: Equatable, Sendable {
    let path: String
    /// Why, as a sentence.
    let reason: String
    /// What root has to run, a command each.
    let remedies: [String]

    /// What the account that this process works under could change of a trail.
    ///
    /// The kernel answers for modes, access control lists, read-only and immutable files; what it
    /// owns an account can open to itself. To be asked after root is given up: root may do anything.
    ///
    /// - Parameter folder: the folder of policies, where a new file is as good as another one.
    static func all(on trail: PathTrail, policiesIn folder: String?) -> [PathExposure] {
        let account = geteuid()
        let name = AccountName.user(account)
        var found: [PathExposure] = []
        // A sticky folder on the way protects what others own in it (unlink(2), EPERM).
        var openSticky: Set<String> = []
        for step in trail.steps {
            let isOwn = step.owner == account
            switch step.kind {
            case .link:
                guard isOwn, openSticky.contains(step.folder) else { continue }
                found.append(
                    PathExposure(
                        path: step.path,
                        reason: "The symbolic link belongs to the account \(name), which may "
                            + "replace it.",
                        remedies: ["chown -h root:root \(step.path.shellQuoted)"]))
            case .folder, .file:
                let isFolder = step.kind == .folder
                let answer = Self.access(step.path, isFolder ? W_OK | X_OK : W_OK)
                // Read-only file systems and immutable files stay as they are, whoever owns them.
                guard answer != EROFS, answer != EPERM else { continue }
                guard isOwn || answer == 0 else { continue }
                if isFolder, step.isSticky, !isOwn {
                    openSticky.insert(step.path)
                    guard step.path == folder else { continue }
                }
                found.append(
                    PathExposure(
                        path: step.path, reason: Self.reason(step, name, isOwn: isOwn),
                        remedies: Self.remedies(step, isOwn: isOwn)))
            }
        }
        return found
    }

    private static func reason(_ step: PathTrail.Step, _ name: String, isOwn: Bool) -> String {
        let what = step.kind == .folder ? "folder" : "file"
        if isOwn {
            return "The \(what) belongs to the account \(name), which may change it and its mode."
        }
        let mode = "mode 0\(String(step.mode, radix: 8))"
        return step.kind == .folder
            ? "The account \(name) may put other files into the folder (\(mode))."
            : "The account \(name) may write to the file (\(mode))."
    }

    private static func remedies(_ step: PathTrail.Step, isOwn: Bool) -> [String] {
        var commands: [String] = []
        if isOwn { commands.append("chown root:root \(step.path.shellQuoted)") }
        // Taking it from the group also takes it from every entry of an access control list, whose
        // mask the group's bits are (acl(5)).
        if !isOwn || step.mode & 0o022 != 0 {
            commands.append("chmod go-w \(step.path.shellQuoted)")
        }
        return commands
    }

    /// - Returns: 0, or errno.
    private static func access(_ path: String, _ mode: CInt) -> CInt {
        // The path lives for the length of the call.
        unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? 0 : errno
    }
}

extension PathTrail.Step {
    /// The folder it stands in.
    fileprivate var folder: String {
        let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        return parent.isEmpty ? "/" : String(parent)
    }
}

extension String {
    /// As one word of a shell's command.
    fileprivate var shellQuoted: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || "/._-+,:@%".utf8.contains(byte)
            }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}

/// The ways to policy files, followed while root may still look everywhere.
struct PolicyTrails: Sendable {
    /// The policies' folder, resolved; nil when it cannot be.
    private let folder: String?
    private let trails: [(path: String, trail: PathTrail)]

    /// - Parameters:
    ///   - folder: the folder of policies.
    ///   - paths: the policy files in it.
    init(folder: String, paths: [String]) {
        let way = PathTrail(to: folder)
        self.folder = way.steps.last { $0.kind == .folder }?.path
        trails = paths.map { ($0, PathTrail(to: $0)) }
    }

    /// What the account that this process works under could change of the ways to these files, or
    /// to all, each place once.
    func exposures(of paths: [String]? = nil) -> [PathExposure] {
        let chosen = trails.filter { paths?.contains($0.path) != false }
        return chosen.reduce(into: []) { all, next in
            for one in PathExposure.all(on: next.trail, policiesIn: folder)
            where !all.contains(one) {
                all.append(one)
            }
        }
    }
}
