internal import Descriptors
internal import Foundation
internal import Glibc

/// The processes of a service by what they are: the supervisor starts launchers, each of them has
/// one zygote, and the zygote's processes are the children.
extension Service {
    public var launchers: [ProcessView] { ProcessView(program.id).children }
    public var zygotes: [ProcessView] { launchers.flatMap(\.children) }
    public var children: [ProcessView] { zygotes.flatMap(\.children) }

    /// What the supervisor has open, as the kernel names it.
    public var openFiles: [String] { ProcessTable.openFiles(of: program.id).sorted() }

    /// Waits for a child that works and does not end.
    ///
    /// - Parameter known: children that are not meant.
    public func spinningChild(otherThan known: Set<CInt> = []) async throws -> CInt {
        var found: CInt?
        try await eventually("a child works without end") {
            found = children.map(\.id).first {
                !known.contains($0) && ProcessTable.processorTime(of: $0) >= .milliseconds(300)
            }
            return found != nil
        }
        guard let found else { throw TimedOut(description: "no child") }
        return found
    }
}

/// Processes whose ends can be waited for, whoever started them.
public final class ProcessEnds: Sendable {
    private let handles: [CInt]

    /// Those that have ended already are none of them.
    public init(of ids: Set<CInt>) {
        handles = ids.compactMap(Self.handle)
    }

    private static func handle(_ id: CInt) -> CInt? {
        guard let handle = try? ProcessHandle(process: id) else { return nil }
        return try? handle.descriptor.duplicate().release()
    }

    deinit { for handle in handles { close(handle) } }

    /// Waits until all of them have ended.
    public func all() async {
        await onThread { [self] in
            for handle in handles {
                var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
                // The entry outlives the call. A pidfd is readable when its process has ended.
                while unsafe poll(&entry, 1, -1) < 0, errno == EINTR {}
            }
        }
    }
}

/// Ends one process as the kernel's out-of-memory killer does.
public func killAtOnce(_ id: CInt) {
    // 0 and less stand for whole groups.
    if id > 1 { kill(id, SIGKILL) }
}
