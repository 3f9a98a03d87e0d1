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

    @Test("a recorded call is another message than one that ended a child")
    func recorded() throws {
        let call = DeniedCall(
            number: 9, architecture: 0xC000_003E, instructionPointer: 1,
            arguments: [1, 2, 3, 4, 5, 6], isAbort: false)
        let packet = ZygoteMessage.recorded(child: 7, call).encoded()
        #expect(packet[4] == 0x37)
        #expect(try zygote(packet) == .recorded(child: 7, call))
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

    @Test("a recording arrives with each call's reply, by the layout of WIRE.md")
    func recording() throws {
        let recording = CallRecording(
            replies: [435: .answer(errno: 38), 59: .stop, 2: .proceed], most: 0x0102_0304)
        let configuration = ZygoteConfiguration(
            formats: [.png], memoryBudget: 1, cpuSeconds: 1, threads: 1, root: .empty,
            resourceLimits: [], program: [], recording: recording)
        let packet = SupervisorMessage.configure(configuration).encoded()
        let tail: [UInt8] = [
            1, 4, 3, 2, 1, 3, 0, 2, 0, 0, 0, 0, 0, 59, 0, 0, 0, 255, 255, 179, 1, 0, 0, 38, 0,
        ]
        #expect(packet.suffix(tail.count) == tail[...])
        #expect(try supervisor(packet) == .configure(configuration))
        // An errno that the kernel does not have, and a call with two replies.
        var wrong = packet
        wrong[packet.count - 1] = 0x10
        #expect(throws: WireError.badValue("reply")) { try supervisor(wrong) }
        wrong = packet
        wrong[packet.count - 6] = 59
        wrong[packet.count - 5] = 0
        #expect(throws: WireError.badValue("reply")) { try supervisor(wrong) }
    }

    @Test("a greeting names every file of code with its build id, cut to what may be sent")
    func libraries() throws {
        let build = String(repeating: "0a", count: 20)
        var hello = ZygoteHello(
            posture: Posture(), libvips: "8.18.7", libmagic: 546, restingData: 1,
            restingAddressSpace: 2, writes: [.png, .jxl],
            libraries: [
                LibraryBuild(
                    name: "libvips.so.42", build: build, bias: 0x7f00_0000_0000,
                    code: 0x1000..<0x9000),
                LibraryBuild(name: "linux-vdso.so.1", build: ""),
            ])
        #expect(try zygote(ZygoteMessage.hello(hello).encoded()) == .hello(hello))
        let long = String(repeating: "x", count: 300)
        hello.libraries = (0..<300).map { _ in LibraryBuild(name: long, build: build + build) }
        guard case .hello(let read) = try zygote(ZygoteMessage.hello(hello).encoded()) else {
            Issue.record("another message")
            return
        }
        #expect(read.libraries.count == 180)
        #expect(read.libraries.allSatisfy { $0.name.count == 63 && $0.build == build })
    }

    @Test("what a zygote saw of a thread comes over whole, and not beyond what there can be")
    func snapshots() throws {
        let stack = StackImage(
            processor: .x8664, registers: (0..<34).map { UInt64($0) << 40 },
            addresses: (0..<70).map { UInt64($0) }, isTruncated: true)
        #expect(stack.addresses.count == 64)
        let all: [Snapshot] = [
            .taken(stack, isFirstThread: true), .missing(.notPermitted, errno: 1),
            .missing(.notStopped, errno: 0), .missing(.gone, errno: 3),
        ]
        for snapshot in all {
            let message = ZygoteMessage.snapshot(child: 9, snapshot)
            #expect(try zygote(message.encoded()) == message)
        }
        // The count stands behind 13 bytes, the processor, 34 registers and the flag.
        var packet = ZygoteMessage.snapshot(child: 9, all[0]).encoded()
        #expect(packet[5 + 8 + 1 + 1 + 272 + 1] == 64)
        packet[5 + 8 + 1 + 1 + 272 + 1] = 65
        #expect(throws: WireError.tooMany("addresses")) { try zygote(packet) }
        packet[5 + 8 + 1] = 3
        #expect(throws: WireError.badValue("Processor")) { try zygote(packet) }
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
