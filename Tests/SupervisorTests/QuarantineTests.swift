import Crypto
import Descriptors
import Foundation
import Synchronization
import Testing

@testable import Supervisor

@Suite("The quarantine of inputs")
struct QuarantineTests {
    private final class Day: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        var now: Date { time.withLock { $0 } }
        func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    private let state = try! TemporaryFolder()
    private let day = Day()
    private let key = QuarantineKey(String(repeating: "5a", count: 32))!
    private var path: String { state.path + "/quarantine" }

    private func quarantine(
        size: Int = 1 << 20, keep: Duration = .seconds(3_600), key: QuarantineKey? = nil
    ) throws -> Quarantine {
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let day = day
        return Quarantine(
            try QuarantineFolder(inState: state.path), key: key ?? self.key,
            settings: QuarantineSettings(size: size, keep: keep), now: { day.now })
    }

    private static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    private func file(_ bytes: [UInt8]) -> String { "\(path)/\(Self.hash(bytes)).gbq" }

    @Test("an input is encrypted, for its owner alone, and comes back as it was")
    func roundTrip() throws {
        let image = Array("GLOVEBOX a picture of which a child died".utf8)
        let quarantine = try quarantine()
        #expect(quarantine.store(image, sha256: Self.hash(image)) == .stored)
        let stored = try Data(contentsOf: URL(filePath: file(image)))
        #expect(stored.range(of: Data("a picture".utf8)) == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: file(image))
        #expect(mode[.posixPermissions] as? Int == 0o600)
        let opened = try QuarantineFile.open(
            Array(stored), sha256: Self.hash(image), under: key)
        #expect(opened == image)
        // A second implementation of the form: the header is 44 bytes and is authenticated.
        let box = try AES.GCM.SealedBox(combined: stored.dropFirst(44))
        let text = try AES.GCM.open(
            box, using: SymmetricKey(data: key.bytes), authenticating: stored.prefix(44))
        #expect(Array(text) == image)
        #expect(stored.prefix(4) == Data([0x47, 0x42, 0x51, 1]))
        #expect(stored.prefix(44).suffix(32) == Data(SHA256.hash(data: image)))
    }

    @Test("the same input twice has another nonce")
    func nonce() throws {
        let image = Array("x".utf8)
        let one = try QuarantineFile.seal(image, sha256: Self.hash(image), under: key)
        let other = try QuarantineFile.seal(image, sha256: Self.hash(image), under: key)
        #expect(one != other && one.count == image.count + QuarantineFile.overhead)
    }

    @Test("a changed byte anywhere, another name, another key, a short file: each is refused")
    func tampered() throws {
        let image = Array("GLOVEBOX".utf8)
        let sha256 = Self.hash(image)
        let file = try QuarantineFile.seal(image, sha256: sha256, under: key)
        for index in file.indices {
            var changed = file
            changed[index] ^= 1
            #expect(throws: QuarantineFile.Failure.self) {
                try QuarantineFile.open(changed, sha256: sha256, under: key)
            }
        }
        for count in [0, 3, 43, 71, file.count - 1] {
            #expect(throws: QuarantineFile.Failure.self) {
                try QuarantineFile.open(Array(file.prefix(count)), sha256: sha256, under: key)
            }
        }
        #expect(throws: QuarantineFile.Failure.self) {
            try QuarantineFile.open(file, sha256: Self.hash([1]), under: key)
        }
        var changed = file
        changed[60] ^= 1
        func reason(_ file: [UInt8], _ key: QuarantineKey) -> String {
            do throws(QuarantineFile.Failure) {
                _ = try QuarantineFile.open(file, sha256: sha256, under: key)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(reason(changed, key).contains("was changed"))
        let other = try #require(QuarantineKey(String(repeating: "5b", count: 32)))
        #expect(reason(file, other).contains("another key"))
    }

    @Test("the oldest make room, what is too large is not kept, and one that comes again stays")
    func size() throws {
        let images = (0..<4).map { [UInt8](repeating: UInt8($0), count: 4_000) }
        // Of a disk a file takes whole blocks.
        let one = 4_096
        let quarantine = try quarantine(size: 3 * one)
        for image in images.prefix(3) {
            #expect(quarantine.store(image, sha256: Self.hash(image)) == .stored)
            day.pass(1)
        }
        #expect(quarantine.store(images[0], sha256: Self.hash(images[0])) == .known)
        day.pass(1)
        #expect(quarantine.store(images[3], sha256: Self.hash(images[3])) == .stored)
        let kept = quarantine.entries().map(\.entry.sha256)
        #expect(kept == [images[2], images[0], images[3]].map(Self.hash))
        let large = [UInt8](repeating: 9, count: 3 * one)
        guard case .failed = quarantine.store(large, sha256: Self.hash(large)) else {
            Issue.record("an input larger than the quarantine was kept")
            return
        }
        #expect(quarantine.entries().count == 3)
    }

    @Test("a file of another key, or one that was cut off, is written again")
    func rewritten() throws {
        let image = Array("GLOVEBOX".utf8)
        let other = try #require(QuarantineKey(String(repeating: "5b", count: 32)))
        #expect(try quarantine(key: other).store(image, sha256: Self.hash(image)) == .stored)
        let quarantine = try quarantine()
        #expect(quarantine.store(image, sha256: Self.hash(image)) == .stored)
        #expect(quarantine.store(image, sha256: Self.hash(image)) == .known)
        func opened() throws -> [UInt8] {
            try QuarantineFile.open(
                Array(try Data(contentsOf: URL(filePath: file(image)))),
                sha256: Self.hash(image), under: key)
        }
        #expect(try opened() == image)
        try Data(contentsOf: URL(filePath: file(image))).prefix(60)
            .write(to: URL(filePath: file(image)))
        try FileManager.default.setAttributes(
            [.modificationDate: day.now], ofItemAtPath: file(image))
        #expect(quarantine.entries().map(\.entry.bytes) == [60])
        #expect(quarantine.store(image, sha256: Self.hash(image)) == .stored)
        #expect(try opened() == image)
    }

    @Test("without a key nothing is stored, and what is there expires and can be removed")
    func off() throws {
        let filled = try quarantine(keep: .seconds(100))
        for byte in UInt8(0)..<3 {
            #expect(filled.store([byte], sha256: Self.hash([byte])) == .stored)
            day.pass(40)
        }
        let day = day
        let off = Quarantine(
            try QuarantineFolder(inState: state.path), key: nil,
            settings: QuarantineSettings(size: 0, keep: .seconds(100)), now: { day.now })
        #expect(!off.isOn && off.store([9], sha256: Self.hash([9])) == .failed("there is no key"))
        off.expire()
        #expect(!FileManager.default.fileExists(atPath: file([0])))
        #expect(off.purge(Self.hash([1])) == 1)
        #expect(off.entries().map(\.entry.sha256) == [Self.hash([2])])
    }

    @Test("what was kept long enough goes, whether or not something comes")
    func expiry() throws {
        let quarantine = try quarantine(keep: .seconds(100))
        #expect(quarantine.store([1], sha256: Self.hash([1])) == .stored)
        day.pass(50)
        #expect(quarantine.store([2], sha256: Self.hash([2])) == .stored)
        day.pass(49)
        quarantine.expire()
        #expect(FileManager.default.fileExists(atPath: file([1])))
        day.pass(1)
        quarantine.expire()
        #expect(!FileManager.default.fileExists(atPath: file([1])))
        #expect(quarantine.entries().map(\.entry.sha256) == [Self.hash([2])])
        #expect(quarantine.entries().first?.until == day.now + 50)
    }

    @Test("purging takes one, the older ones, or all; foreign files stay")
    func purge() throws {
        let quarantine = try quarantine()
        for byte in UInt8(0)..<4 {
            _ = quarantine.store([byte], sha256: Self.hash([byte]))
            day.pass(10)
        }
        try Data().write(to: URL(filePath: "\(path)/notes.gbq"))
        #expect(quarantine.purge(Self.hash([0])) == 1)
        #expect(quarantine.purge(Self.hash([0])) == 0)
        #expect(quarantine.purge("../../x") == 0)
        #expect(quarantine.purge(before: day.now - 15) == 2)
        #expect(quarantine.purge() == 1)
        #expect(FileManager.default.fileExists(atPath: "\(path)/notes.gbq"))
    }

    @Test("a folder that cannot be written to is an outcome, not a crash")
    func unwritable() throws {
        let quarantine = try quarantine()
        try FileManager.default.removeItem(atPath: path)
        guard case .failed(let reason) = quarantine.store([1], sha256: Self.hash([1])) else {
            Issue.record("it was stored nowhere")
            return
        }
        #expect(reason.contains("No such file"))
    }

    @Test(
        "a key is 32 bytes in hex or base64, and is never shown",
        arguments: [
            String(repeating: "0f", count: 32),
            Data(repeating: 15, count: 32).base64EncodedString(),
        ])
    func keys(_ text: String) throws {
        let key = try #require(QuarantineKey(text))
        #expect(key.bytes == [UInt8](repeating: 15, count: 32))
        #expect(!"\(key) \(String(reflecting: key))".contains("15"))
    }

    @Test(
        "everything else is no key",
        arguments: [
            "", "0f", String(repeating: "0f", count: 31), String(repeating: "zz", count: 32),
            Data(repeating: 15, count: 31).base64EncodedString(), "AAAA====",
        ])
    func noKeys(_ text: String) { #expect(QuarantineKey(text) == nil) }
}
