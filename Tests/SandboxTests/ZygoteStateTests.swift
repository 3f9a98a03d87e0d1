import Glibc
import ImageVocabulary
import Testing

@testable import Sandbox

/// What the libraries leave behind in a process that is about to fork.
@Suite("Loaded libraries")
struct ZygoteStateTests {
    @Test("loading the libraries leaves the process with the one thread it had")
    func oneThread() async {
        // A fresh process, and in it a fork, which has one thread whatever the test runner has.
        await #expect(processExitsWith: .exitCode(1)) { exit(threadsAfterLoading()) }
    }

    @Test("so does loading the decoders whose headers would start threads")
    func oneThreadWithAll() async {
        await #expect(processExitsWith: .exitCode(1)) {
            exit(threadsAfterLoading(ImageFormat.allCases))
        }
    }
}

/// The number of threads as an exit code, from 100 on when there is none.
private func threadsAfterLoading(
    _ formats: [ImageFormat] = ImageFormat.outputs
) -> CInt {
    let child = fork()
    if child == 0 {
        guard (try? ImageLibraries.load(formats: formats)) != nil else { _exit(100) }
        var task = stat()
        // A directory has two links and one more for each directory in it: for each thread. The
        // kernel writes into `task`, which outlives the call.
        guard unsafe stat("/proc/self/task", &task) == 0 else { _exit(101) }
        _exit(CInt(task.st_nlink) - 2)
    }
    var status: CInt = 0
    // As above.
    _ = unsafe waitpid(child, &status, 0)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 102
}
