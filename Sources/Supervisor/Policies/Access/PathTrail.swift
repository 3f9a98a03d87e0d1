import Glibc

/// Everything on the way from the root of the file system to a file: whoever can change one of
/// these, can change what a reader of the file finds.
struct PathTrail: Sendable {
    struct Step: Equatable, Sendable {
        enum Kind: Sendable {
            case folder, link, file
        }

        /// Absolute, with no symbolic link before its last part.
        var path: String
        var kind: Kind
        var owner: uid_t
        /// Permission bits, those for set-id and the sticky one included.
        var mode: mode_t
        var isSticky: Bool { mode & mode_t(S_ISVTX) != 0 }
    }

    /// From `/` on, each once. It ends where something is missing.
    private(set) var steps: [Step] = []

    /// As many symbolic links as the kernel follows (path_resolution(7)).
    private static let mostLinks = 40

    /// Follows a path as the kernel does, `.` and `..` included. Blocks on the file system.
    init(to path: String) {
        var place = ""
        var links = 0
        add("/")
        var rest = Self.parts(of: path.hasPrefix("/") ? path : Self.workingFolder + "/" + path)
        while let part = rest.popLast() {
            if part == "." { continue }
            if part == ".." {
                place = String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.endIndex))
                continue
            }
            let next = "\(place)/\(part)"
            guard let kind = add(next) else { return }
            guard kind == .link else {
                place = next
                continue
            }
            links += 1
            guard links <= Self.mostLinks, let target = Self.target(of: next) else { return }
            if target.hasPrefix("/") { place = "" }
            rest += Self.parts(of: target)
        }
    }

    /// The parts of a path, the first one last.
    private static func parts(of path: String) -> [String] {
        path.split(separator: "/").reversed().map(String.init)
    }

    @discardableResult
    private mutating func add(_ path: String) -> Step.Kind? {
        if let known = steps.first(where: { $0.path == path }) { return known.kind }
        var found = stat()
        // The path lives for the length of the call, which fills the structure.
        guard unsafe lstat(path, &found) == 0 else { return nil }
        let kind: Step.Kind =
            switch found.st_mode & S_IFMT {
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .file
            }
        steps.append(
            Step(path: path, kind: kind, owner: found.st_uid, mode: found.st_mode & 0o7777))
        return kind
    }

    private static func target(of link: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let capacity = buffer.count
        let count = unsafe buffer.withUnsafeMutableBytes {
            // readlink writes at most `capacity` bytes into the buffer and says how many.
            unsafe readlink(link, $0.baseAddress!.assumingMemoryBound(to: CChar.self), capacity)
        }
        guard count > 0, count < capacity else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    private static var workingFolder: String {
        // With NULL for a buffer getcwd allocates one, which is ours to free (getcwd(3)).
        guard let text = unsafe getcwd(nil, 0) else { return "" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
