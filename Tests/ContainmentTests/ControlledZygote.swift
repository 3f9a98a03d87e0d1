import Descriptors
import Foundation
import Glibc
import ImageVocabulary
import SandboxPolicy
import TestSupport
import WireProtocol

@testable import Supervisor

/// What became of a child that performed an act.
struct PerformedAct: Sendable {
    /// By the zygote's word.
    var observed: [DeniedCall] = []
    var snapshots: [Snapshot] = []
    var exit: ChildExit?
    /// By the child's word, and what else it printed.
    var report: CrashReport?
    var text: [UInt8] = []
}

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
    private(set) var hello: ZygoteHello
    private let control: PacketSocket
    private var belongings: Belongings?

    /// Starts the program with the repository's policy, and waits until it can fork.
    ///
    /// - Parameter openFiles: how many descriptors the zygote may have.
    ///   - program: the sandbox, or the one whose children can be turned.
    ///   - surroundings: where it is started, in the posture `container`; nil for the machine as it
    ///     is.
    init(
        as identity: Identity, in workspace: Workspace, openFiles: Int = 1_024,
        program started: Workspace.Program = .sandbox, surroundings: Surroundings? = nil
    ) throws {
        let path = try workspace.program(started)
        let role = [ZygoteStart.role, surroundings == nil ? "strict" : "container"]
        let (inner, rest) = try surroundings?.command(path, role, in: workspace) ?? (path, role)
        let (program, arguments) = identity.command(
            "/usr/bin/prlimit", ["--nofile=\(openFiles):\(openFiles)", "--", inner] + rest)
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
        hello = ZygoteHello(
            posture: Posture(), libvips: "", libmagic: 0, restingData: 0, restingAddressSpace: 0)
        guard case .hello(let hello) = next() else { throw NoHello() }
        self.hello = hello
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

    /// Asks for a child that performs a hostile act, and waits for its end.
    func perform(_ act: String, as child: UInt64 = 1) throws -> PerformedAct {
        let job = try Descriptors.Pipe()
        let errors = try Descriptors.Pipe()
        let results = try Descriptors.Pipe()
        let image = Array("GLOVEBOX-ACT:\(act)\n".utf8)
        let file = try MemoryFile(name: "glovebox-input")
        let input = try file.readOnly()
        try file.append(image.span)
        try file.seal()
        try control.send(
            SupervisorMessage.spawn(child: child).encoded(),
            descriptors: [
                job.readEnd.number, errors.writeEnd.number, input.number,
                results.writeEnd.number,
            ])
        let message = JobMessage(
            operation: .info, limits: JobLimits(),
            inputs: [.init(offset: 0, length: UInt64(image.count), format: .png)], plans: [])
        try job.writeEnd.writeAll(message.encoded().span)
        let errorEnd = errors.readEnd
        _ = consume errors.writeEnd
        var performed = PerformedAct()
        var reader = CrashReportReader()
        while true {
            let part = try errorEnd.read(atMost: 65_536)
            if part.isEmpty { break }
            performed.text += reader.take(part)
        }
        performed.text += reader.finish()
        performed.report = reader.report
        while performed.exit == nil {
            switch next() {
            case .observed(child, let call): performed.observed.append(call)
            case .snapshot(child, let snapshot): performed.snapshots.append(snapshot)
            case .exited(child, let exit): performed.exit = exit
            case .born: break
            default: throw NoHello()
            }
        }
        return performed
    }

    func send(_ packet: [UInt8]) throws { try control.send(packet) }

    /// The next thing that it says; nil when it is gone.
    func next() -> ZygoteMessage? {
        let most = Frame.headerSize + FrameKind.hello.largestPayload
        guard let packet = try? control.receive(atMost: most, waiting: true) else { return nil }
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
