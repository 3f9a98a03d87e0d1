import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import Supervisor

@Suite("The state directory")
struct StateDirectoryTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state" }
    private let entry = AdminEntry(
        url: "http://127.0.0.1:8081", key: "k", pid: 7, started: "2026-01-31T12:00:00.000Z")
    /// Whom a folder is given to when these tests run as root.
    private let stranger = Account(uid: 54_321, gid: 54_320)

    init() throws { folder = try TemporaryFolder() }

    private func refusal(of path: String, account: Account? = nil) -> StateDirectory.Failure? {
        do throws(StateDirectory.Failure) {
            _ = try StateDirectory(path: path, account: account)
            return nil
        } catch {
            return error
        }
    }

    @Test("it is where it was named, else where the account's own state is kept")
    func choice() {
        func path(_ isRoot: Bool, _ variables: [String: String]) -> String? {
            StatePath.standard(isRoot: isRoot) { variables[$0] }
        }
        let home = ["HOME": "/home/a"]
        #expect(path(true, home) == "/var/lib/glovebox")
        #expect(path(false, home) == "/home/a/.local/state/glovebox")
        #expect(path(false, ["HOME": "/h", "XDG_STATE_HOME": "/x"]) == "/x/glovebox")
        #expect(path(false, ["HOME": "/h", "XDG_STATE_HOME": "x"]) == "/h/.local/state/glovebox")
        #expect(path(false, ["HOME": "/h", "STATE_DIRECTORY": "/a:/b"]) == "/a")
        #expect(path(false, [:]) == nil)
        #expect(path(false, ["HOME": ""]) == nil)
        let looked = StatePath.forOperator(named: nil, isRoot: false) { home[$0] }
        #expect(looked == ["/home/a/.local/state/glovebox", "/var/lib/glovebox"])
        #expect(StatePath.forOperator(named: "x", isRoot: false) { home[$0] } == ["x"])
    }

    @Test("it is made with its parents, closed to others whatever the mask, and holds the entry")
    func made() throws {
        let path = geteuid() == 0 ? path : folder.path + "/a/b/state"
        let state = try StateDirectory(path: path, account: nil)
        #expect(TemporaryFolder.status(of: path)?.mode == 0o750)
        try state.write(entry)
        #expect(TemporaryFolder.status(of: path + "/admin.json")?.mode == 0o640)
        #expect(try AdminEntry.read(in: path) == entry)
        state.removeEntry()
        #expect(throws: AdminEntry.Failure.missing) { try AdminEntry.read(in: path) }
        state.removeEntry()
    }

    @Test("an entry that a killed service left is replaced, and nothing is left beside it")
    func stale() throws {
        let state = try StateDirectory(path: path, account: nil)
        for name in ["admin.json", "admin.json.new"] { _ = try folder.file("state/\(name)", "old") }
        #expect(throws: AdminEntry.Failure.self) { try AdminEntry.read(in: path) }
        try state.write(entry)
        #expect(try AdminEntry.read(in: path) == entry)
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(Set(names) == ["admin.json", "lock"])
    }

    @Test("a link in the entry's place is replaced, and what it points to stays as it was")
    func linkedEntry() throws {
        let target = try folder.file("target", "precious")
        let state = try StateDirectory(path: path, account: nil)
        for name in ["admin.json", "admin.json.new"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/\(name)", withDestinationPath: target)
        }
        #expect(throws: AdminEntry.Failure.self) { try AdminEntry.read(in: path) }
        try state.write(entry)
        #expect(try AdminEntry.read(in: path) == entry)
        #expect(try Data(contentsOf: URL(filePath: target)) == Data("precious".utf8))
    }

    @Test("a second service is refused, and told who has it; after the first it may")
    func lock() throws {
        func second() -> StateDirectory.Failure? { refusal(of: path) }
        do {
            let first = try StateDirectory(path: path, account: nil)
            guard case .refused(let why) = second() else {
                Issue.record("two services had one folder")
                return
            }
            #expect(why.contains("(process \(getpid()))") && why.contains(first.path))
        }
        #expect(second() == nil)
    }

    @Test("a symbolic link, a folder everybody may write in and one of somebody else are refused")
    func refused() throws {
        let files = FileManager.default
        try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        let link = folder.path + "/link"
        try files.createSymbolicLink(atPath: link, withDestinationPath: path)
        for name in [link, link + "/"] {
            guard case .refused(let why) = refusal(of: name) else {
                Issue.record("a link was followed: \(name)")
                continue
            }
            #expect(why.contains("symbolic link"))
        }
        TemporaryFolder.set(mode: 0o777, of: path)
        guard case .refused(let why) = refusal(of: path) else {
            Issue.record("a folder for everybody was taken")
            return
        }
        #expect(why.contains("chmod o-w"))
        TemporaryFolder.set(mode: 0o750, of: path)
        guard case .refused(let why) = refusal(of: path, account: stranger) else {
            Issue.record("somebody else's folder was taken")
            return
        }
        #expect(why.contains("sudo chown 54321:54320 \(path)"))
    }

    @Test(
        "as root, what is made is given to the account of the service", .enabled(if: geteuid() == 0)
    )
    func given() throws {
        _ = try StateDirectory(path: path, account: stranger)
        for name in [path, path + "/lock"] {
            let status = TemporaryFolder.status(of: name)
            #expect(status?.user == 54_321 && status?.group == 54_320)
        }
        // A second start finds what the first has left.
        #expect(refusal(of: path, account: stranger) == nil)
    }

    @Test("a lock that is another file's second name is neither given away nor emptied")
    func linkedLock() throws {
        let target = try folder.file("target", "precious")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        TemporaryFolder.set(mode: 0o750, of: path)
        try FileManager.default.linkItem(atPath: target, toPath: path + "/lock")
        guard case .unavailable = refusal(of: path) else {
            Issue.record("the lock was taken")
            return
        }
        #expect(try Data(contentsOf: URL(filePath: target)) == Data("precious".utf8))
    }

    @Test("what was named and cannot be used ends the start; what was not named only warns")
    func named() throws {
        let blocked = try folder.file("file", "") + "/state"
        guard case .unavailable = refusal(of: blocked) else {
            Issue.record("a folder below a file")
            return
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let failure = #expect(throws: CommandFailure.self) {
            try StateDirectory.forService(
                StatePath(path: blocked, isNamed: true), account: nil, logger: logger)
        }
        let none = try StateDirectory.forService(
            StatePath(path: blocked, isNamed: false), account: nil, logger: logger)
        #expect(none == nil)
        #expect(failure?.message.contains(blocked) == true)
    }

    @Test("operator keys are 32 random bytes in base64url")
    func keys() {
        let keys = (0..<50).map { _ in OperatorKey.make() }
        #expect(Set(keys).count == 50)
        for key in keys {
            #expect(key.utf8.count == 43)
            #expect(
                key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        }
    }
}
