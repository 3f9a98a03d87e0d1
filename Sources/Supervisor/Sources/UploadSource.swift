import HTTPTypes
import Hummingbird
import HummingbirdCore
import ImageVocabulary
import NIOCore
import NIOHTTP1
import RequestSyntax

/// Collects an image from a request's body: raw, or the field `file` of a form.
struct UploadSource: ImageSource {
    let request: Request
    let client: ClientConnection
    let budget: MemoryBudget
    /// Whose memory it is.
    var party: Caller.Party?
    /// Called when everything that can be known from the head is in order: the moment to let a client
    /// that waits for `100 Continue` go on.
    let wanted: @Sendable () -> Void

    /// Memory that is taken before a byte has arrived.
    private static let firstCapacity = 1 << 20

    /// Reads the whole body.
    func collect(largest: Int) async throws(Problem) -> SourceAnswer {
        let announced = AnnouncedType(contentType: request.headers[.contentType])
        let boundary = try boundary(announced, request)
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        // NIO refuses a Content-Length that is no number; one beyond Int is beyond any limit.
        if request.headers[.contentLength] != nil, declared ?? .max > largest {
            throw .overLimit(.inputBytes, UInt64(largest))
        }
        wanted()

        let body = request.body
        let deadline = ContinuousClock.now + client.limits.body
        let isForm = boundary != nil
        let arrived = await client.whilePresent { [self] in
            await withDeadline(deadline) {
                await read(body, declared: declared, isForm: isForm, largest: largest)
            }
        }
        guard let arrived else { throw client.isGone ? .clientGone : .bodyTimeout }
        let (bytes, sha256, share) = try arrived.get()
        guard bytes.readableBytes > 0 else { throw .emptyBody }
        let source =
            if let boundary {
                try Self.field(of: bytes, boundary)
            } else {
                try SourceBytes(
                    bytes, sha256: sha256 ?? InputDigest.hex(of: bytes), announced: announced)
            }
        return .image(CollectedSource(source: source, share: share), SourceValidators())
    }

    private typealias Arrived = Result<(ByteBuffer, String?, MemoryBudget.Share), Problem>

    /// - Parameter isForm: whether only a part of the body is the input, and hashed when it is known.
    private func read(
        _ body: RequestBody, declared: Int?, isForm: Bool, largest: Int
    ) async -> Arrived {
        let share = budget.share(of: party)
        var bytes = ByteBuffer()
        // A declared length is a claim: memory follows what has arrived.
        bytes.reserveCapacity(min(declared ?? 0, Self.firstCapacity))
        var digest = isForm ? nil : InputDigest()
        do {
            for try await var part in body {
                guard part.readableBytes <= largest - bytes.readableBytes else {
                    return .failure(.overLimit(.inputBytes, UInt64(largest)))
                }
                guard share.grow(by: part.readableBytes) else { return .failure(.unavailable) }
                digest?.update(part)
                bytes.writeBuffer(&part)
            }
        } catch HTTPParserError.invalidEOFState {
            return .failure(.clientGone)
        } catch is HTTPParserError {
            return .failure(
                .malformedRequest("The body's framing is broken. Send a valid HTTP message."))
        } catch {
            return .failure(.clientGone)
        }
        // A connection that ends early looks like the end of the body here.
        if Task.isCancelled || (declared ?? bytes.readableBytes) != bytes.readableBytes {
            return .failure(.clientGone)
        }
        return .success((bytes, digest?.hex, share))
    }

    private func boundary(
        _ announced: AnnouncedType, _ request: Request
    ) throws(Problem) -> MultipartBoundary? {
        switch announced {
        case .multipartForm:
            do throws(MultipartError) {
                return try MultipartBoundary(contentType: request.headers[.contentType] ?? "")
            } catch {
                throw .malformedRequest(error.reason)
            }
        // A type that is no image would be refused whatever the bytes are.
        case .unsupported(let type):
            throw Problem(AnnouncedTypeError.unsupported(type))
        case .nothing, .format, .unsupportedImage:
            return nil
        }
    }

    /// The image in a form. Its own Content-Type announces; where that says nothing, its file name.
    private static func field(
        of body: ByteBuffer, _ boundary: MultipartBoundary
    ) throws(Problem) -> SourceBytes {
        let file: MultipartFile
        do throws(MultipartError) {
            file = try MultipartParser.file(in: body.readableBytesUInt8Span, boundary: boundary)
        } catch {
            throw .malformedRequest(error.reason)
        }
        let start = body.readerIndex + file.body.lowerBound
        guard let bytes = body.getSlice(at: start, length: file.body.count) else {
            throw .malformedRequest(MultipartError.noEnd.reason)
        }
        var announced = AnnouncedType(contentType: file.contentType)
        if announced == .nothing, let name = file.fileName {
            announced = AnnouncedType(fileName: name)
        }
        return try SourceBytes(
            bytes, sha256: InputDigest.hex(of: bytes), announced: announced)
    }
}

/// Does `work` until `deadline`; nil when that passed or the calling task was cancelled.
func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(until: deadline, clock: .continuous)
            return nil
        }
        let first = await group.next()
        group.cancelAll()
        return first ?? nil
    }
}
