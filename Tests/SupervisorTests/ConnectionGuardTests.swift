import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Supervisor

@Suite("One HTTP connection")
struct ConnectionGuardTests {
    private let channel = EmbeddedChannel()
    private let limits = HTTPLimits()
    private let client: ClientConnection

    init() throws {
        client = ClientConnection(limits: limits)
        let handler = ConnectionGuard(client: client)
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    private func receive(_ part: HTTPServerRequestPart) throws {
        _ = try channel.writeInbound(part)
    }

    private func receiveHead(
        _ version: HTTPVersion = .http1_1, _ headers: HTTPHeaders = [:]
    ) throws {
        var headers = headers
        headers.add(name: "host", value: "localhost")
        try receive(
            .head(
                HTTPRequestHead(
                    version: version, method: .POST, uri: "/v1/info", headers: headers)))
    }

    private func wantBody() {
        channel.triggerUserOutboundEvent(BodyIsWanted(), promise: nil)
        channel.embeddedEventLoop.run()
    }

    /// Writes a response and says which head went out.
    private func respond(_ status: HTTPResponseStatus = .ok) throws -> HTTPResponseHead {
        let head = HTTPResponseHead(
            version: .http1_1, status: status, headers: ["content-length": "0"])
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        let sent = try #require(try sentHead())
        _ = try channel.readOutbound(as: HTTPServerResponsePart.self)
        return sent
    }

    private func sentHead() throws -> HTTPResponseHead? {
        let part = try channel.readOutbound(as: HTTPServerResponsePart.self)
        guard case .head(let head) = part else { return nil }
        return head
    }

    @Test("a client that waits is told to go on when its body is wanted, once, and not before")
    func continues() throws {
        try receiveHead(.http1_1, ["expect": "100-Continue", "content-length": "3"])
        #expect(try sentHead() == nil)
        wantBody()
        #expect(try sentHead()?.status == .continue)
        wantBody()
        #expect(try sentHead() == nil)
    }

    @Test("a client that does not wait, or cannot, is not told to go on")
    func continuesOnlyWhoWaits() throws {
        try receiveHead()
        wantBody()
        #expect(try sentHead() == nil)
    }

    @Test("HTTP/1.0 knows no 100 Continue")
    func oldVersion() throws {
        try receiveHead(.http1_0, ["expect": "100-continue", "content-length": "3"])
        wantBody()
        #expect(try sentHead() == nil)
    }

    @Test("a client that began to send needs no 100 Continue any more")
    func bodyHasBegun() throws {
        try receiveHead(.http1_1, ["expect": "100-continue", "content-length": "3"])
        try receive(.body(ByteBuffer(string: "a")))
        wantBody()
        #expect(try sentHead() == nil)
    }

    @Test("an answer to a whole request leaves the connection open")
    func keepsAlive() throws {
        try receiveHead()
        try receive(.end(nil))
        #expect(try respond().headers["connection"].isEmpty)
        channel.embeddedEventLoop.advanceTime(by: limits.idle - .nanoseconds(1))
        #expect(channel.isActive)
    }

    @Test("an answer before the body has arrived ends the connection")
    func closesOnUnreadBody() throws {
        try receiveHead(.http1_1, ["content-length": "99"])
        #expect(try respond(.payloadTooLarge).headers["connection"] == ["close"])
        channel.embeddedEventLoop.advanceTime(by: limits.linger)
        #expect(!channel.isActive)
    }

    @Test("requests that were sent ahead are counted, each with its own answer")
    func pipelining() throws {
        for _ in 0..<2 {
            try receiveHead()
            try receive(.end(nil))
        }
        try receiveHead(.http1_1, ["content-length": "99"])
        #expect(try respond().headers["connection"].isEmpty)
        #expect(try respond().headers["connection"].isEmpty)
        #expect(try respond().headers["connection"] == ["close"])
    }

    @Test("a client that asks for the end gets it after its answer")
    func connectionClose() throws {
        try receiveHead(.http1_1, ["connection": "close"])
        try receive(.end(nil))
        #expect(try respond().headers["connection"] == ["close"])
        channel.embeddedEventLoop.advanceTime(by: limits.linger)
        #expect(!channel.isActive)
    }

    @Test("a client that closes its side is gone, and so is one whose connection ends")
    func gone() throws {
        #expect(!client.isGone)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(client.isGone)
        let other = ConnectionGuard(client: ClientConnection())
        let closing = EmbeddedChannel(handler: other)
        closing.pipeline.fireChannelInactive()
        #expect(other.client.isGone)
    }

    @Test("a client that does not take its answer loses the connection")
    func slowReader() throws {
        try receiveHead()
        try receive(.end(nil))
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-length": "\(64 << 10)"])
        // Nothing is flushed, which is what a full socket looks like from here.
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.embeddedEventLoop.advanceTime(by: limits.write)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("work for a client ends when the client goes away, before or during it")
    func cancellation() async {
        let client = ClientConnection()
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        async let cancelled = client.whilePresent {
            continuation.finish()
            while !Task.isCancelled { await Task.yield() }
            return true
        }
        for await _ in begun {}
        client.markGone()
        #expect(await cancelled)
        #expect(await client.whilePresent { Task.isCancelled })
    }
}
