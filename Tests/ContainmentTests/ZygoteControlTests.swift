import TestSupport
import Testing
import WireProtocol

/// A zygote by itself, on the other end of whose control socket is the test.
@Suite("A zygote", .ownProcess, .serialized)
struct ZygoteControlTests {
    private func withZygote<Value: Sendable>(
        _ identity: Identity, openFiles: Int = 1_024,
        _ drive: @escaping @Sendable (ControlledZygote) throws -> Value
    ) async throws -> Value {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let result = try await within(.seconds(60), "the conversation with the zygote") {
            await onThread {
                Result {
                    try drive(
                        ControlledZygote(as: identity, in: workspace, openFiles: openFiles))
                }
            }
        }
        let program = try workspace.program(.sandbox)
        try await eventually("nobody is left") { ProcessTable.running(program).isEmpty }
        return try result.get()
    }

    @Test(
        "that is asked for thousands of children says of each that it is there or why it is not, and goes on",
        arguments: Identity.available)
    func manyChildren(_ identity: Identity) async throws {
        let asked: ClosedRange<UInt64> = 1...2_000
        try await withZygote(identity, openFiles: 256) { zygote in
            var born: Set<UInt64> = []
            var failed: Set<UInt64> = []
            for id in asked {
                try zygote.spawn(id)
                switch zygote.next() {
                case .born(id): born.insert(id)
                case .failed(id, _): failed.insert(id)
                case let other:
                    Issue.record(
                        "\(id), after \(born.count) children: \(String(describing: other))")
                    return
                }
            }
            #expect(born.count > 10 && failed.count > 10)
            #expect(born.count + failed.count == asked.count)
            try zygote.send(SupervisorMessage.ping(7).encoded())
            #expect(zygote.next() == .pong(7))

            zygote.dismissChildren()
            while !born.isEmpty {
                guard case .exited(let id, _) = zygote.next() else {
                    Issue.record("no end of \(born.count) children")
                    return
                }
                born.remove(id)
            }
            try zygote.spawn(0xffff)
            #expect(zygote.next() == .born(child: 0xffff))
        }
    }

    @Test(
        "that is killed while it forks leaves no child",
        arguments: Identity.available, [0, 1, 12])
    func killedWhileForking(_ identity: Identity, _ children: Int) async throws {
        try await withZygote(identity) { zygote in
            let itself = try #require(zygote.zygote)
            for id in 1...40 { try zygote.spawn(UInt64(id)) }
            for _ in 0..<children { #expect(zygote.next() != nil) }
            killAtOnce(itself)
            // What it had said before is still there.
            while zygote.next() != nil {}
        }
    }

    @Test(
        "that is told what no supervisor says ends, and its children with it",
        arguments: Identity.available,
        [[0xff], [], SupervisorMessage.ping(1).encoded() + [0], ZygoteMessage.pong(1).encoded()])
    func nonsense(_ identity: Identity, _ packet: [UInt8]) async throws {
        try await withZygote(identity) { zygote in
            try zygote.spawn(1)
            #expect(zygote.next() == .born(child: 1))
            try zygote.send(packet)
            while zygote.next() != nil {}
        }
    }
}
