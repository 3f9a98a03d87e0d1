import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Supervisor

/// The guard behind a real decoder, on a clock that only the test moves.
@Suite("The deadlines of one HTTP connection")
struct ConnectionDeadlineTests {
    private let channel = EmbeddedChannel()
    private let limits = HTTPLimits()
    private let client: ClientConnection

    init() throws {
        client = ClientConnection(limits: limits)
        let handler = ConnectionGuard(client: client)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ArrivingBytes(for: handler))
        try pipeline.addHandler(
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try pipeline.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    private func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    private func pass(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    /// Writes the response to a request; the field that says whether others may follow.
    private func respond() throws -> [String] {
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-length": "0"])
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        let part = try channel.readOutbound(as: HTTPServerResponsePart.self)
        _ = try channel.readOutbound(as: HTTPServerResponsePart.self)
        guard case .head(let sent) = part else { return ["nothing"] }
        return sent.headers["connection"]
    }

    private static let request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("a head that drips in is refused when its time is over, however busy it looks")
    func drip() throws {
        for letter in "GET /aaaa" {
            try send(String(letter))
            pass(.seconds(1))
        }
        #expect(client.nextRequest() == nil)
        pass(.seconds(1))
        #expect(client.nextRequest()?.refusal == .headerTimeout)
        #expect(try respond() == ["close"])
    }

    @Test("the first head's time begins with the connection, not with its first byte")
    func first() throws {
        pass(limits.header - .seconds(1))
        try send("G")
        pass(.seconds(1))
        #expect(client.nextRequest()?.refusal == .headerTimeout)
    }

    @Test("a later head's time begins with its first byte; empty lines are none of it")
    func later() throws {
        try send(Self.request)
        #expect(client.nextRequest()?.refusal == nil)
        #expect(try respond() == [])
        pass(limits.idle - .seconds(1))
        try send("\r\n")
        #expect(channel.isActive)
        try send("GET /b")
        pass(limits.header - .nanoseconds(1))
        #expect(client.nextRequest() == nil)
        pass(.nanoseconds(1))
        #expect(client.nextRequest()?.refusal == .headerTimeout)
    }

    @Test("a client that waits for a response need not hurry with its next request")
    func owed() throws {
        try send(Self.request + "GET /b")
        #expect(client.nextRequest()?.target == "/a")
        pass(.hours(1))
        try send(" HT")
        pass(.hours(1))
        #expect(client.nextRequest() == nil)
        #expect(try respond() == [])
        try send("TP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.nextRequest()?.target == "/b")
    }

    @Test("a connection without a request ends, before the first one and between two")
    func idle() throws {
        try send(Self.request)
        #expect(try respond() == [])
        pass(limits.idle - .nanoseconds(1))
        #expect(channel.isActive)
        pass(.nanoseconds(1))
        #expect(!channel.isActive)
        #expect(client.isGone)
    }

    @Test("a connection that never sends a byte ends")
    func silent() {
        pass(limits.header)
        #expect(!channel.isActive)
    }

    @Test("a body has no deadline here: who reads it has")
    func body() throws {
        try send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        pass(.hours(1))
        #expect(channel.isActive)
        #expect(client.nextRequest()?.bodyBytes == 3)
    }

    @Test("when the service stops, the response in progress is the last one")
    func drain() throws {
        try send(Self.request)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(channel.isActive)
        #expect(try respond() == ["close"])
        pass(limits.linger)
        #expect(!channel.isActive)
    }

    @Test("when the service stops, requests that have arrived are answered, the last with the end")
    func drainPipelined() throws {
        try send(Self.request + Self.request)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try respond() == [])
        #expect(try respond() == ["close"])
    }

    @Test("a request that crosses the service's stop on its way is answered")
    func crossing() throws {
        try send(Self.request)
        #expect(try respond() == [])
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        pass(limits.farewell - .nanoseconds(1))
        try send(Self.request)
        pass(.seconds(5))
        #expect(channel.isActive)
        #expect(try respond() == ["close"])
    }

    @Test("a connection without a request is closed when the service stops")
    func drainIdle() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        pass(limits.farewell)
        #expect(!channel.isActive)
    }
}
