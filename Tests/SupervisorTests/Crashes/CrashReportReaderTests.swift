import Randomness
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Reading a child's report of its crash")
struct CrashReportReaderTests {
    /// By WIRE.md: SIGSEGV with SEGV_MAPERR (1) at 8 in the first thread; register n is n.
    private static let registers: [UInt8] =
        [0x7f, 0x47, 0x4c, 0x42, 0x58, 0xc1, 0, 1, 11, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        + [8, 0, 0, 0, 0, 0, 0, 0] + (0..<34).flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] }

    /// Two addresses, and room for 62 more.
    private static let frames: [UInt8] =
        [0x7f, 0x47, 0x4c, 0x42, 0x58, 0xc2, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0]
        + [0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0]
        + [UInt8](repeating: 0, count: 62 * 8)

    private func read(_ parts: [[UInt8]]) -> (report: CrashReport?, text: [UInt8]) {
        var reader = CrashReportReader()
        var text: [UInt8] = []
        for part in parts { text += reader.take(part) }
        text += reader.finish()
        return (reader.report, text)
    }

    private func check(_ report: CrashReport?) {
        #expect(report?.signal == 11 && report?.code == 1 && report?.isFirstThread == true)
        #expect(report?.faultAddress == 8)
        #expect(report?.stack.registers == (0..<34).map { UInt64($0) })
        #expect(report?.stack.addresses == [0x1000, 0x2000])
        #expect(report?.stack.isTruncated == true)
    }

    @Test("it is found among text, however the bytes come", arguments: [1, 7, 311, 312, 5_000])
    func parts(_ size: Int) {
        let all =
            Array("before".utf8) + Self.registers + Array("between".utf8) + Self.frames
            + Array("after".utf8)
        let parts = stride(from: 0, to: all.count, by: size).map {
            Array(all[$0..<min(all.count, $0 + size)])
        }
        let (report, text) = read(parts)
        check(report)
        #expect(String(decoding: text, as: UTF8.self) == "beforebetweenafter")
    }

    @Test("of several the last counts, and frames without registers are nothing")
    func several() {
        var other = Self.registers
        other[8] = 7
        let (report, text) = read([other, Self.frames, Self.registers, Self.frames])
        check(report)
        #expect(text == [])
        #expect(read([Self.frames]).report == nil)
        #expect(read([Self.registers]).report?.stack.addresses == [])
    }

    @Test("one that is cut off, or says what cannot be, is text")
    func wrong() {
        #expect(read([Array(Self.registers.dropLast())]).text == Self.registers.dropLast())
        // A signal beyond the last, one that is none, and a thread that is neither.
        for (place, value) in [(8, 65), (8, 0), (16, 2)] as [(Int, UInt8)] {
            var wrong = Self.registers
            wrong[place] = value
            let (report, text) = read([wrong])
            #expect(report == nil && text == wrong)
        }
        // More addresses than there can be, and a flag that is none.
        for (place, value) in [(8, 65), (12, 2)] as [(Int, UInt8)] {
            var wrong = Self.frames
            wrong[place] = value
            let (report, text) = read([Self.registers, wrong])
            #expect(report?.stack.addresses == [] && text == wrong)
        }
    }

    @Test("nothing of what is no report is lost, whatever the bytes are")
    func random() {
        var random = RepeatableRandom(seed: 6)
        for _ in 0..<2_000 {
            // Rich in beginnings of the magic numbers.
            let pieces: [[UInt8]] = [
                [0x7f], [0x7f, 0x47, 0x4c], Array(Self.registers.prefix(8)),
                Array(Self.frames.prefix(9)),
                [UInt8.random(in: 0...255, using: &random)],
            ]
            let bytes = (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let (report, text) = read([Array(bytes.prefix(cut)), Array(bytes.dropFirst(cut))])
            if report == nil, bytes.count < 300 { #expect(text == bytes) }
            #expect(text.count <= bytes.count)
        }
    }
}

@Suite("A table of modules")
struct ModuleTableTests {
    @Test("an address becomes a file's build and the address within it, or stays what it is")
    func frames() {
        let table = ModuleTable([
            LibraryBuild(name: "a", build: "aa", bias: 0x5000_0000, code: 0x1000..<0x2000),
            LibraryBuild(name: "b", build: "", bias: 0, code: 0x40_0000..<0x40_1000),
            LibraryBuild(name: "none", build: "cc"),
            LibraryBuild(name: "over", build: "dd", bias: .max, code: 1..<2),
        ])
        #expect(
            table.frame(at: 0x5000_1000)
                == CrashStack.Frame(module: "a", build: "aa", offset: "0x1000"))
        #expect(table.frame(at: 0x5000_1fff).offset == "0x1fff")
        for address: UInt64 in [0, 0x5000_0fff, 0x5000_2000, .max] {
            #expect(
                table.frame(at: address)
                    == CrashStack.Frame(offset: "0x" + String(address, radix: 16)))
        }
        #expect(
            table.frame(at: 0x40_0010) == CrashStack.Frame(module: "b", offset: "0x400010"))
    }
}
