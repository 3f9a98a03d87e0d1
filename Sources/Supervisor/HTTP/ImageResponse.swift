import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

/// An image as an answer.
enum ImageResponse {
    /// - Parameters:
    ///   - bytes: the image, and its format by its own bytes.
    ///   - origin: where it came from: decides its file name and how it may be cached.
    ///   - shares: what counts for it of the memory budget: held until the client has taken it.
    static func make(
        _ bytes: ByteBuffer, _ format: ImageFormat, _ order: ImageOrder, _ origin: ImageOrigin,
        shares: [MemoryBudget.Share]
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: format.mediaType,
            .contentDisposition: ContentDisposition.field(
                isAttachment: order.delivery.isAttachment,
                stem: order.delivery.fileName ?? origin.stem,
                fileExtension: format.fileExtensions[0]),
        ]
        add(order, origin, to: &headers)
        if origin.missing != nil, let fallback { headers[fallback] = "1" }
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(bytes)
            // The end is not taken before the client has read nearly all of the image.
            try await writer.finish(nil)
            withExtendedLifetime(shares) {}
        }
        return Response(status: origin.missing ?? .ok, headers: headers, body: body)
    }

    /// That the source has not changed, and the client's image is still right.
    static func unchanged(_ order: ImageOrder, _ origin: ImageOrigin) -> Response {
        var headers = HTTPFields()
        // Decides which of the fields that guide browsers take the place of those in a cache.
        if order.plan.keepsDrawing { headers[.contentType] = ImageFormat.svg.mediaType }
        add(order, origin, to: &headers)
        return Response(status: .notModified, headers: headers)
    }

    private static func add(
        _ order: ImageOrder, _ origin: ImageOrigin, to headers: inout HTTPFields
    ) {
        headers[.cacheControl] = origin.cacheControl
        headers[.expires] = origin.expires
        headers[.eTag] = origin.validators.etag
        headers[.lastModified] = origin.validators.modified
        if !order.varying.isEmpty { headers[.vary] = order.varying.joined(separator: ", ") }
    }

    /// Says that the image is not the one asked for, as imgproxy does.
    private static let fallback = HTTPField.Name("Fallback-Image")
}

/// Facts about an image as an answer.
enum FactsResponse {
    /// - Parameter bytes: the input's size.
    static func make(_ result: JobResult, bytes: Int) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: result.json(bytes: bytes).text + "\n")))
    }
}
