import NIOCore

/// Runs tasks on an event loop's own thread, so that work which goes back and forth between a
/// connection and its tasks wakes no other thread. The tasks must not block.
final class LoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { [self] in
            // Each job is enqueued once, and run once here.
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
