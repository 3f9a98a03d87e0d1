internal import Foundation

/// What tests need that is not in this repository, and not Debian's: the Python packages of
/// Tests/tools.txt.
public enum TestTools {
    /// Tests that need them fail without them.
    public struct Missing: Error, CustomStringConvertible {
        let path: String

        public var description: String {
            "\(path) is not there. Run scripts/test-tools, or name another interpreter with the "
                + "packages of Tests/tools.txt as GLOVEBOX_TEST_PYTHON."
        }
    }

    /// The path of the interpreter that has the packages.
    public static func python() throws -> String {
        let named = ProcessInfo.processInfo.environment["GLOVEBOX_TEST_PYTHON"]
        let path =
            named
            ?? Workspace.builtPrograms.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "tools/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing(path: path) }
        return path
    }

    /// The path of a program in Tests/Python.
    public static func program(_ name: String) -> String {
        Workspace.repository.appending(path: "Tests/Python/\(name)").path
    }
}
