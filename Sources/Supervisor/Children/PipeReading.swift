import Descriptors
import NIOCore
import NIOPosix

/// Handing the read end of a pipe over to NIO.
enum PipeReading {
    /// NIO owns the descriptor from then on and closes it with the channel.
    ///
    /// - Parameters:
    ///   - expected: bytes that are read at a time; a pipe holds 64 KiB (pipe(7)).
    ///   - makeHandler: called on the event loop; what it returns reads the bytes.
    static func adopt<Handler: ChannelInboundHandler>(
        _ descriptor: consuming Descriptor, on eventLoop: any EventLoop, expecting expected: Int,
        _ makeHandler: @escaping @Sendable () -> Handler
    ) async throws -> (any Channel, NIOLoopBound<Handler>) {
        let number = descriptor.release()
        let made = eventLoop.makePromise(of: NIOLoopBound<Handler>.self)
        do {
            let channel = try await NIOPipeBootstrap(group: eventLoop)
                .channelOption(
                    .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: expected)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = makeHandler()
                        try channel.pipeline.syncOperations.addHandler(handler)
                        made.succeed(NIOLoopBound(handler, eventLoop: channel.eventLoop))
                    }
                }
                .takingOwnershipOfDescriptor(input: number).get()
            return (channel, try await made.futureResult.get())
        } catch {
            // Once there is a channel, NIO has closed it with its descriptor; before, nobody has.
            made.fail(error)
            if (try? await made.futureResult.get()) == nil { _ = Descriptor(taking: number) }
            throw error
        }
    }
}
