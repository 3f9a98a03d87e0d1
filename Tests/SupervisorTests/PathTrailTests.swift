import FoundationEssentials
import Glibc
import Testing

@testable import Supervisor

@Suite("The way to a policy")
struct PathTrailTests {
    private func paths(_ trail: PathTrail, below folder: String) -> [String] {
        trail.steps.map(\.path).filter { $0.hasPrefix(folder + "/") }
            .map { String($0.dropFirst(folder.count + 1)) }
    }

    private func link(_ name: String, to target: String, in folder: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/\(name)", withDestinationPath: target)
    }

    @Test("is followed as the kernel follows it, through links, dots and double slashes")
    func followed() throws {
        let folder = try TemporaryFolder()
        for name in ["real/deep", "etc"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
        }
        _ = try folder.file("real/deep/raster.yaml", "")
        try link("policies", to: "../real/./deep", in: "\(folder.path)/etc")
        try link("absolute.yaml", to: "\(folder.path)/real/deep/raster.yaml", in: folder.path)

        let first = PathTrail(to: "\(folder.path)//etc/policies/../deep/raster.yaml")
        #expect(
            paths(first, below: folder.path)
                == ["etc", "etc/policies", "real", "real/deep", "real/deep/raster.yaml"])
        #expect(first.steps.map(\.kind).suffix(5) == [.folder, .link, .folder, .folder, .file])
        #expect(first.steps.first?.path == "/")
        #expect(first.steps.count { $0.path == folder.path } == 1)
        let second = PathTrail(to: "\(folder.path)/absolute.yaml")
        #expect(
            paths(second, below: folder.path)
                == ["absolute.yaml", "real", "real/deep", "real/deep/raster.yaml"])
        // What realpath(3) finds is where it ends.
        let resolved = try #require(first.steps.last?.path)
        let real = unsafe realpath("\(folder.path)/etc/policies/../deep/raster.yaml", nil)
        defer { unsafe free(real) }
        #expect(unsafe real.map { unsafe String(cString: $0) } == resolved)
    }

    @Test("ends where something is missing, and where links lead round in a circle")
    func endless() throws {
        let folder = try TemporaryFolder()
        try link("a", to: "b", in: folder.path)
        try link("b", to: "a", in: folder.path)
        #expect(paths(PathTrail(to: "\(folder.path)/a/x"), below: folder.path) == ["a", "b"])
        #expect(paths(PathTrail(to: "\(folder.path)/none/x"), below: folder.path) == [])
    }
}
