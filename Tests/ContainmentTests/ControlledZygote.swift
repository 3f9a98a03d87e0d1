import Descriptors
import Foundation
import Glibc
import TestSupport
import WireProtocol

@testable import Supervisor

/// A real `glovebox-sandbox` whose supervisor is the test: it asks for what it likes, and looks at
/// what comes back. It blocks its thread.
final class ControlledZygote {
    /// What a child is given. Many may share it: none of them gets an image.
    private struct Belongings: ~Copyable {
        let job: Descriptors.Pipe
        let errors: Descriptors.Pipe
        let results: Descriptors.Pipe
        let input: Descriptor

        static func make() throws -> Belongings {
            try Belongings(
                job: Pipe(), errors: Pipe(), results: Pipe(),
                input: MemoryFile(name: "glovebox-input").readOnly())
        }
    }

    /// Something else came first, or nothing.
    struct NoHello: Error {}

    let launcher: CInt
    private let control: PacketSocket
    private var belongings: Belongings?

    /// Starts the program with the repository's policy, and waits until it can fork.
    ///
    /// - Parameter openFiles: how many descriptors the zygote may have.
    init(as identity: Identity, in workspace: Workspace, openFiles: Int) throws {
        let path = try workspace.program(.sandbox)
        let (program, arguments) = identity.command(
            "/usr/bin/prlimit",
            ["--nofile=\(openFiles):\(openFiles)", "--", path, ZygoteStart.role, "strict"])
        let libraries = try workspace.libraries()
        let pair = try PacketSocket.Pair()
        launcher = try Self.spawn(
            program, arguments, pair.other, program: Descriptor(opening: path, as: .file),
            libraries: Descriptor(opening: libraries ?? "/", as: .directory),
            environment: libraries == nil
                ? [] : ["LD_LIBRARY_PATH=/proc/self/fd/\(ZygoteStart.libraries)"])
        control = pair.one
        for policy in try ServedPolicy.load(["\(workspace.policies())/raster.yaml"]).served {
            try control.send(SupervisorMessage.configure(policy.configuration).encoded())
        }
        guard case .hello = next() else { throw NoHello() }
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ control: borrowing PacketSocket,
        program: consuming Descriptor, libraries: consuming Descriptor, environment: [String]
    ) throws -> CInt {
        try Program.spawn(
            path: path, arguments: [path] + arguments,
            environment: environment + ["SWIFT_BACKTRACE=enable=no"],
            descriptors: [
                -1, -1, -1, control.descriptor.number, program.number, libraries.number,
            ])
    }

    /// The zygote itself, as the kernel numbers it here.
    var zygote: CInt? { ProcessView(launcher).children.first?.id }

    /// Asks for a child, which waits for a job until ``dismissChildren()``.
    func spawn(_ child: UInt64) throws {
        if belongings == nil { belongings = try Belongings.make() }
        switch belongings {
        case .some(let given):
            try control.send(
                SupervisorMessage.spawn(child: child).encoded(),
                descriptors: [
                    given.job.readEnd.number, given.errors.writeEnd.number, given.input.number,
                    given.results.writeEnd.number,
                ])
        case .none: break
        }
    }

    func send(_ packet: [UInt8]) throws { try control.send(packet) }

    /// The next thing that it says; nil when it is gone.
    func next() -> ZygoteMessage? {
        guard let packet = try? control.receive(atMost: 4_096, waiting: true) else { return nil }
        return try? ZygoteMessage(packet: packet.bytes.span)
    }

    /// Ends the wait of all children: there will be no job.
    func dismissChildren() { belongings = nil }

    /// Hangs up, and waits for the end of the launcher.
    deinit {
        _ = shutdown(control.descriptor.number, Int32(SHUT_RDWR))
        Program.wait(for: launcher)
    }
}
