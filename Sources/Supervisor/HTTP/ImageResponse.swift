import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

/// An image as an answer.
enum ImageResponse {
    /// - Parameters:
    ///   - bytes: the image, and its format by its own bytes.
    ///   - route: where it came from: decides its file name and how it may be cached.
    ///   - missing: the status where it is another image than the one asked for.
    ///   - shares: what counts for it of the memory budget: held until the client has taken it.
    static func make(
        _ bytes: ByteBuffer, _ format: ImageFormat, for route: Route, _ order: ImageOrder,
        insteadOf missing: HTTPResponse.Status?, shares: [MemoryBudget.Share]
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: format.mediaType,
            .contentDisposition: ContentDisposition.field(
                isAttachment: order.delivery.isAttachment,
                stem: order.delivery.fileName ?? stem(for: route),
                fileExtension: format.fileExtensions[0]),
            // Opened by itself, a result may run nothing and load nothing.
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
            // Images are made to be shown on other sites' pages.
            .crossOriginResourcePolicy: "cross-origin",
            .cacheControl: route == .process || missing != nil ? "no-store" : "no-cache",
        ]
        if !order.varying.isEmpty { headers[.vary] = order.varying.joined(separator: ", ") }
        if missing != nil, let fallback { headers[fallback] = "1" }
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(bytes)
            // The end is not taken before the client has read nearly all of the image.
            try await writer.finish(nil)
            withExtendedLifetime(shares) {}
        }
        return Response(status: missing ?? .ok, headers: headers, body: body)
    }

    /// Says that the image is not the one asked for, as imgproxy does.
    private static let fallback = HTTPField.Name("Fallback-Image")

    /// The source's name without its last extension.
    private static func stem(for route: Route) -> String {
        guard case .image(let path) = route else { return "image" }
        let name = path.fileName
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
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
