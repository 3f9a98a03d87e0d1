import Foundation
import Testing

@testable import Supervisor

@Suite("Names of functions in a stack")
struct StackSymbolsTests {
    /// What the tool of the binary utilities says of a function of the C library: where it is.
    private static func abort() throws -> (path: String, offset: UInt64) {
        let path = try #require(
            ["/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6"].first {
                FileManager.default.fileExists(atPath: $0)
            })
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/nm")
        process.arguments = ["-D", "--defined-only", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let lines = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let line = try #require(
            lines.split(separator: "\n").first { $0.contains(" T abort@") })
        return (path, try #require(UInt64(line.prefix { $0 != " " }, radix: 16)))
    }

    @Test("a function is found by its address, in its file and in no other build of it")
    func named() throws {
        let (path, offset) = try Self.abort()
        let symbols = try #require(ELFSymbols(path: path))
        let build = try #require(symbols.build)
        #expect(build.count == 40 && symbols.name(at: offset) == "abort")
        let url = URL(filePath: path)
        let reader = StackSymbols(folders: [url.deletingLastPathComponent().path])
        func frame(_ build: String, _ offset: String) -> CrashStack.Frame {
            CrashStack.Frame(
                module: url.lastPathComponent, build: build, offset: offset, function: nil)
        }
        let hex = "0x" + String(offset + 1, radix: 16)
        let stack = CrashStack(
            source: .zygote,
            frames: [
                frame(build, hex), frame(String(repeating: "0", count: 40), hex),
                frame(build, "0xffffffffffffffff"), frame(build, "1234"),
            ])
        let functions = reader.named(stack).frames?.map(\.function)
        // A debug file may have another of its names.
        #expect(functions?.first??.hasSuffix("abort") == true)
        #expect(functions?.dropFirst().allSatisfy { $0 == nil } == true)
    }

    @Test("a file that is cut or changed anywhere names something or nothing, and breaks nothing")
    func mangled() throws {
        let (path, offset) = try Self.abort()
        let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
        let folder = try TemporaryFolder()
        let file = URL(filePath: folder.path + "/copy.so")
        for size in [0, 3, 63, 64, 200, 4_096, whole.count / 2, whole.count - 1] {
            try Data(whole.prefix(size)).write(to: file)
            _ = ELFSymbols(path: file.path)?.name(at: offset)
        }
        var random = SystemRandomNumberGenerator()
        let table = Int(whole[0x28..<0x30].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        for _ in 0..<100 {
            var bytes = whole
            for _ in 0..<8 { bytes[Int.random(in: 0..<64, using: &random)] = .random(in: 0...255) }
            for _ in 0..<8 {
                bytes[Int.random(in: table..<bytes.count, using: &random)] = .random(in: 0...255)
            }
            bytes[4] = 2
            bytes[5] = 1
            try Data(bytes).write(to: file)
            _ = ELFSymbols(path: file.path)?.name(at: offset)
        }
        #expect(ELFSymbols(path: "/dev/null") == nil)
        #expect(ELFSymbols(path: "/nowhere") == nil)
    }
}
