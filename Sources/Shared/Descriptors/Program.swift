internal import CLinux
internal import Glibc

/// Starting programs with exactly the descriptors, arguments and environment that are named.
public enum Program {
    /// Starts a program as a child process. No Swift code runs between fork and exec
    /// (posix_spawn(3)); signals are at their defaults, and it leads a session of its own.
    ///
    /// - Parameters:
    ///   - path: the program's file.
    ///   - arguments: its name first.
    ///   - environment: `NAME=value`, all of it.
    ///   - descriptors: what becomes 0, 1, 2, …; a negative number becomes `/dev/null`. Everything
    ///     else is closed.
    /// - Returns: the process id, to be waited for.
    public static func spawn(
        path: String, arguments: [String], environment: [String], descriptors: [CInt]
    ) throws(SystemError) -> CInt {
        // The arrays of C strings live for the length of the call, which copies what it needs.
        let result = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe clinux_spawn(
                    path, arguments, environment, descriptors, descriptors.count)
            }
        }
        return try SystemError.check("posix_spawn", result)
    }

    /// Replaces this process by the program that is open as `descriptor`, keeping the environment
    /// and every descriptor that is not close-on-exec (execveat(2), AT_EMPTY_PATH).
    ///
    /// - Returns: only when it failed.
    public static func execute(descriptor: CInt, arguments: [String]) -> SystemError {
        // As in `spawn`.
        let result = unsafe withCStrings(arguments) { arguments in
            unsafe clinux_exec_descriptor(descriptor, arguments, environ)
        }
        return SystemError("execveat", -result)
    }

    /// Waits for a process that ``spawn(path:arguments:environment:descriptors:)`` started.
    ///
    /// - Returns: what it exited with; nil when a signal ended it.
    @discardableResult
    public static func wait(for process: CInt) -> CInt? {
        var usage = clinux_usage()
        // The out parameter is a local variable.
        guard unsafe clinux_wait(process, 0, &usage) > 0, usage.status & 0x7f == 0 else {
            return nil
        }
        return usage.status >> 8 & 0xff
    }

    private static func withCStrings(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> CInt
    ) -> CInt {
        var copies: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
        unsafe copies.append(nil)
        defer {
            for index in unsafe copies.indices { unsafe free(copies[index]) }
        }
        // The array ends with NULL, so its buffer is never empty.
        return unsafe copies.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }
}
