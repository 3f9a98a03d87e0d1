import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import Synchronization
import Testing

@testable import Supervisor

@Suite("Uploads")
struct UploadSourceTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, 2, 3]

    private func collect(
        _ parts: [[UInt8]], _ headers: HTTPFields = [:], largest: Int = 1_000,
        budget: MemoryBudget = MemoryBudget(bytes: 1_000), onWanted: (@Sendable () -> Void)? = nil
    ) async throws(Problem) -> CollectedSource {
        let (body, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        for part in parts { continuation.yield(ByteBuffer(bytes: part)) }
        continuation.finish()
        let request = Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "x", path: "/v1/info",
                headerFields: headers),
            body: RequestBody(asyncSequence: body))
        let source = UploadSource(request: request, client: ClientConnection(), budget: budget) {
            onWanted?()
        }
        return try await source.image(largest: largest)
    }

    @Test("parts become one input with its hash and format")
    func whole() async throws {
        let source = try await collect([Array(Self.png.prefix(5)), Array(Self.png.dropFirst(5))])
            .source
        #expect(Array(source.bytes.readableBytesView) == Self.png)
        #expect(source.format == .png)
        // sha256sum of the twelve bytes.
        #expect(
            source.sha256
                == "0f6c3a09018d44c79811cb205e1e03f0f214fdd8728f82e6e92aaaf95da5ee49")
    }

    @Test("nothing is an empty body, whatever is announced")
    func empty() async {
        await #expect(throws: Problem.emptyBody) { try await collect([]) }
        await #expect(throws: Problem.emptyBody) {
            try await collect([[]], [.contentType: "image/png"])
        }
    }

    @Test("a declared length over the limit is refused before the body is wanted")
    func declaredLength() async {
        let wanted = Mutex(false)
        for length in ["1001", "9223372036854775808", "18446744073709551616"] {
            await #expect(throws: Problem.overLimit(.inputBytes, 1_000)) {
                try await collect([Self.png], [.contentLength: length]) {
                    wanted.withLock { $0 = true }
                }
            }
        }
        #expect(!wanted.withLock { $0 })
    }

    @Test("a length that was not declared is counted, to the byte")
    func countedLength() async throws {
        let full = Self.png + [UInt8](repeating: 0, count: 88)
        #expect(try await collect([full], largest: 100).source.bytes.readableBytes == 100)
        await #expect(throws: Problem.overLimit(.inputBytes, 100)) {
            try await collect([full, [0]], largest: 100)
        }
    }

    @Test("a body that ends before its declared length is a client that went away")
    func truncated() async {
        await #expect(throws: Problem.clientGone) {
            try await collect([Self.png], [.contentLength: "13"])
        }
    }

    @Test("memory for all requests together is bounded, and comes back")
    func budget() async throws {
        let budget = MemoryBudget(bytes: 20)
        var first: CollectedSource? = try await collect([Self.png], budget: budget)
        #expect(first?.source.bytes.readableBytes == 12)
        await #expect(throws: Problem.unavailable) {
            try await collect([Self.png], budget: budget)
        }
        first = nil
        let again = try await collect([Self.png], budget: budget)
        #expect(again.source.format == .png)
    }

    @Test("a contradiction between announced and sent is refused, naming both")
    func contradiction() async {
        let error = await #expect(throws: Problem.self) {
            try await collect([Self.png], [.contentType: "image/jpeg"])
        }
        #expect(error?.name == "type-contradiction")
        #expect(error?.detail.contains("image/jpeg") == true)
        #expect(error?.detail.contains("image/png") == true)
    }

    @Test(
        "what announces nothing binds nobody",
        arguments: ["application/octet-stream", "application/x-www-form-urlencoded", ""])
    func announcesNothing(_ type: String) async throws {
        #expect(try await collect([Self.png], [.contentType: type]).source.announced == nil)
    }

    @Test("a form's field announces by its type, or else by its file name")
    func form() async throws {
        func form(_ header: String) -> [UInt8] {
            Array("--B\r\n\(header)\r\n\r\n".utf8) + Self.png + Array("\r\n--B--\r\n".utf8)
        }
        let type: HTTPFields = [.contentType: "multipart/form-data; boundary=B"]
        let field = "Content-Disposition: form-data; name=\"file\"; filename="
        let good = try await collect([form(field + "\"a.png\"")], type).source
        #expect(Array(good.bytes.readableBytesView) == Self.png)
        #expect(good.announced == .png)
        let error = await #expect(throws: Problem.self) {
            try await collect([form(field + "\"a.jpg\"")], type)
        }
        #expect(error?.name == "type-contradiction")
        await #expect(throws: Problem.self) { try await collect([form("X: y")], type) }
    }
}
