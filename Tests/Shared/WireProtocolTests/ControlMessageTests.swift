import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@Suite("The control socket")
struct ControlMessageTests {
    private func supervisor(_ packet: [UInt8]) throws(WireError) -> SupervisorMessage {
        try SupervisorMessage(packet: packet.span)
    }

    private func zygote(_ packet: [UInt8]) throws(WireError) -> ZygoteMessage {
        try ZygoteMessage(packet: packet.span)
    }

    @Test("spawn and ping have the layout of WIRE.md")
    func layout() throws {
        let number: UInt64 = 0x0102_0304_0506_0708
        let bytes: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
        #expect(SupervisorMessage.spawn(child: number).encoded() == [8, 0, 0, 0, 0x22] + bytes)
        #expect(ZygoteMessage.born(child: number).encoded() == [8, 0, 0, 0, 0x32] + bytes)
        let packet: [UInt8] = [8, 0, 0, 0, 0x23] + bytes
        #expect(try supervisor(packet) == .ping(number))
    }

    @Test("a denied call keeps all six arguments to the last bit")
    func observed() throws {
        let call = DeniedCall(
            number: 59, architecture: 0xC000_003E, instructionPointer: .max,
            arguments: [0, 1, .max, 1 << 63, 0xFFFF_FFFF, 0x1_0000_0000], isAbort: false)
        let message = ZygoteMessage.observed(child: 7, call)
        #expect(try zygote(message.encoded()) == message)
    }

    @Test("an end by status and an end by signal are different endings")
    func exited() throws {
        for ending in [ChildExit.Ending.status(9), .signal(9)] {
            let exit = ChildExit(
                ending: ending, userTime: 1, systemTime: 2, peakResident: 3, minorFaults: 4,
                majorFaults: 5)
            let message = ZygoteMessage.exited(child: 1, exit)
            #expect(try zygote(message.encoded()) == message)
        }
    }

    @Test("a failure keeps its stage and detail apart, also where the text is too long")
    func failure() throws {
        let failure = SetupFailure(
            stage: "seccomp", code: 22, detail: String(repeating: "x", count: 9_999))
        let packet = ZygoteMessage.failed(child: 3, failure).encoded()
        guard case .failed(3, let read) = try zygote(packet) else {
            Issue.record("another message")
            return
        }
        #expect(read.stage == "seccomp" && read.code == 22)
        #expect(read.detail.count == 512 - "seccomp\n".count)
    }

    @Test("the formats that libraries cannot read arrive by their numbers, not as text")
    func unreadableFormats() throws {
        let failure = SetupFailure(
            stage: SetupFailure.librariesStage, code: 0, detail: "has no jxlload_buffer",
            unreadable: [.heic, .jxl])
        let packet = ZygoteMessage.failed(child: 0, failure).encoded()
        // Frame header, child and errno come before: WIRE.md.
        #expect(Array(packet[17..<20]) == [2, 7, 8])
        #expect(try zygote(packet) == .failed(child: 0, failure))
        var unknown = packet
        unknown[18] = 200
        #expect(throws: WireError.self) { try zygote(unknown) }
    }

    @Test("a configuration arrives as it was sent")
    func configure() throws {
        let configuration = ZygoteConfiguration(
            formats: [.avif, .gif], memoryBudget: 1 << 40, cpuSeconds: 7, threads: 9,
            root: .documents, resourceLimits: [ResourceLimit(.core, soft: 0, hard: .max)],
            program: [UInt8](0..<64))
        let packet = SupervisorMessage.configure(configuration).encoded()
        #expect(try supervisor(packet) == .configure(configuration))
    }

    @Test("a program of another protocol version is refused on its first word")
    func version() throws {
        let configuration = ZygoteConfiguration(
            formats: [.png], memoryBudget: 1, cpuSeconds: 1, threads: 1, root: .empty,
            resourceLimits: [], program: [])
        var packet = SupervisorMessage.configure(configuration).encoded()
        packet[5] = 99
        #expect(throws: WireError.badValue("protocol version")) {
            try supervisor(packet)
        }
    }

    @Test("a root that this version does not know is refused", arguments: [0, 3, 255] as [UInt8])
    func root(code: UInt8) {
        let configuration = ZygoteConfiguration(
            formats: [.png], memoryBudget: 1, cpuSeconds: 1, threads: 1, root: .empty,
            resourceLimits: [], program: [])
        var packet = SupervisorMessage.configure(configuration).encoded()
        // After the header of 5 bytes: version 2, count and format 2, memory 8, cpu 4, threads 4.
        #expect(packet[25] == 1)
        packet[25] = code
        #expect(throws: WireError.badValue("SandboxRoot")) { try supervisor(packet) }
    }

    @Test("a packet holds one frame, whole, of the sender's own kinds")
    func packets() {
        let ping = SupervisorMessage.ping(1).encoded()
        #expect(throws: WireError.trailingBytes) {
            try supervisor(ping + ping)
        }
        #expect(throws: WireError.truncated) {
            try supervisor(Array(ping.dropLast()))
        }
        #expect(throws: WireError.unexpected(.ping)) { try zygote(ping) }
        #expect(throws: WireError.unexpected(.job)) {
            try supervisor([0, 0, 0, 0, 1])
        }
    }
}
