import Foundation
import Glibc
import TestSupport
import Testing

/// Who could change a policy, by doctor's word. Root's own files are the account's for a user who is
/// not root, so the tests have to be root's.
@Suite(
    "doctor finds policies that the service's own account could change", .ownProcess,
    .enabled(if: Identity.testsRunAsRoot), InWorkspace())
struct PolicyAccessTests {
    /// The account without a name's own number: nobody's.
    private static let account: uid_t = 65_534

    private static let formats = ["jpeg", "png", "webp", "gif", "tiff", "avif"]

    /// A folder with the raster policy once for each of its formats.
    private func policies() throws -> String {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let text = try String(contentsOfFile: "\(folder)/raster.yaml", encoding: .utf8)
        for format in Self.formats {
            let own = try text.mustReplace(/formats: \[.*\]/, with: "formats: [\(format)]")
            try workspace.write(
                Array(own.utf8), to: "\((folder as NSString).lastPathComponent)/\(format).yaml")
        }
        try FileManager.default.removeItem(atPath: "\(folder)/raster.yaml")
        return folder
    }

    private func doctor(_ folder: String) async throws -> [String: JSON] {
        let done = try await CommandLine.run(
            ["doctor", "--json", "--user", "\(Self.account)"], in: InWorkspace.workspace,
            policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        let report = try #require(JSON(parsing: done.output))
        let entries = report["policies"].elements.map { ($0["policy"].text ?? "", $0) }
        return Dictionary(uniqueKeysWithValues: entries)
    }

    private func set(_ path: String, mode: mode_t? = nil, owner: uid_t? = nil) {
        // The path is read within the calls only.
        if let owner { #expect(unsafe lchown(path, owner, owner) == 0) }
        if let mode { #expect(unsafe chmod(path, mode) == 0) }
    }

    /// Lets one account write by an access control list: struct posix_acl_xattr_header and entries of
    /// linux/posix_acl_xattr.h.
    ///
    /// - Returns: whether the file system has such lists.
    private func allow(_ account: uid_t, toWrite path: String) -> Bool {
        var list: [UInt8] = [2, 0, 0, 0]
        func add(_ tag: UInt8, _ permissions: UInt8, _ id: UInt32) {
            list += [tag, 0, permissions, 0]
            list += (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
        }
        add(0x01, 6, .max)  // the owner
        add(0x02, 6, account)
        add(0x04, 4, .max)  // the group
        add(0x10, 6, .max)  // the mask
        add(0x20, 4, .max)  // everybody else
        // Swift's Glibc module lacks it.
        typealias SetAttribute =
            @convention(c) (
                UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, CInt
            ) -> CInt
        guard let symbol = unsafe dlsym(nil, "setxattr") else { return false }
        // The type is that of setxattr(2), which reads all within the call.
        let set = unsafe unsafeBitCast(symbol, to: SetAttribute.self)
        return unsafe set(path, "system.posix_acl_access", list, list.count, 0) == 0
    }

    /// Whether the kernel lets the account change a file or its mode.
    private func mayChange(_ path: String) async throws -> Bool {
        let program = try RunningProgram(
            "/usr/bin/setpriv",
            [
                "--reuid", "\(Self.account)", "--regid", "\(Self.account)", "--clear-groups", "--",
                "/bin/sh", "-c", "chmod 644 \(path) || : >> \(path)",
            ], environment: ["PATH": "/usr/bin:/bin"])
        return await program.end == .status(0)
    }

    @Test("by mode, owner and list, and the kernel agrees with every line")
    func files() async throws {
        let folder = try policies()
        set("\(folder)/jpeg.yaml", mode: 0o646)
        set("\(folder)/png.yaml", mode: 0o444, owner: Self.account)
        // Its group is the account's, which the service keeps; the other groups are dropped.
        #expect(unsafe lchown("\(folder)/webp.yaml", 0, Self.account) == 0)
        set("\(folder)/webp.yaml", mode: 0o664)
        let hasLists = allow(Self.account, toWrite: "\(folder)/gif.yaml")
        #expect(unsafe lchown("\(folder)/tiff.yaml", 0, 1) == 0)
        set("\(folder)/tiff.yaml", mode: 0o664)

        let found = try await doctor(folder)
        #expect(found.count == Self.formats.count)
        for (name, entry) in found {
            let path = "\(folder)/\(name).yaml"
            #expect(entry["path"].text == path)
            let isWritable = ["jpeg", "png", "webp"].contains(name) || name == "gif" && hasLists
            #expect(entry["writable"] == .bool(isWritable), "\(name): \(entry)")
            #expect((entry["reason"].text != nil) == isWritable)
            #expect(try await mayChange(path) == isWritable, "\(name)")
            // What mends it, mends it.
            for exposure in entry["exposures"].elements {
                #expect(exposure["path"].text == path)
                let remedy = try #require(exposure["remedy"].text)
                let shell = try RunningProgram(
                    "/bin/sh", ["-c", remedy], environment: ["PATH": "/usr/bin:/bin"])
                #expect(await shell.end == .status(0), "\(remedy)")
            }
            #expect(try await mayChange(path) == false, "\(name)")
        }
        for (name, entry) in try await doctor(folder) {
            #expect(entry["writable"] == .bool(false), "\(name): \(entry)")
        }
    }

    @Test("by a folder on the way, by a link, and not where a sticky folder protects them")
    func folders() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try policies()
        let outer = workspace.folder.appending(path: "outer").path
        let inner = "\(outer)/inner"
        try FileManager.default.createDirectory(
            atPath: inner, withIntermediateDirectories: true)
        set(outer, mode: 0o755)
        set(inner, mode: 0o755)
        try FileManager.default.createSymbolicLink(
            atPath: "\(inner)/policies", withDestinationPath: folder)
        let way = "\(inner)/policies"
        func exposed() async throws -> [Set<String>] {
            let all = try await doctor(way).values.map { entry in
                Set(entry["exposures"].elements.compactMap { $0["path"].text })
            }
            return Array(Set(all))
        }
        #expect(try await exposed() == [[]])
        set(outer, mode: 0o777)
        #expect(try await exposed() == [[outer]])
        // A sticky folder lets nobody move what is another's; the link's owner may move the link.
        set(outer, mode: 0o755)
        set(inner, mode: 0o1777)
        #expect(try await exposed() == [[]])
        set(way, owner: Self.account)
        #expect(try await exposed() == [[way]])
        set(way, owner: 0)
        set(folder, mode: 0o1777)
        #expect(try await exposed() == [[folder]])
        set(folder, mode: 0o755, owner: Self.account)
        #expect(try await exposed() == [[folder]])

        let people = try await CommandLine.run(
            ["doctor", "--user", "\(Self.account)"], in: workspace, policies: way)
        #expect(people.status == .status(0))
        #expect(people.text.contains("      → chown root:root \(folder)\n"))
        let service = try await Service.start(
            as: .root, in: workspace, policies: way, options: ["--user", "\(Self.account)"])
        #expect(
            service.program.errors.lines.compactMap { LogLine($0) }.contains {
                $0["paths"].elements.map(\.text) == [folder] && $0["level"].text == "warning"
            })
        #expect(try await service.stop() == .status(0))
    }
}
