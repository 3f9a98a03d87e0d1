import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

/// An image as an answer.
enum ImageResponse {
    /// - Parameters:
    ///   - route: where it came from: decides its file name and how it may be cached.
    ///   - share: the result's share of the memory budget: held until the client has taken it.
    static func make(
        _ result: ResultImage, for route: Route, share: MemoryBudget.Share
    ) -> Response {
        let headers: HTTPFields = [
            .contentType: result.format.mediaType,
            .contentDisposition:
                "inline; filename=\"\(fileName(for: route, result.format))\"",
            // Opened by itself, a result may run nothing and load nothing.
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
            // Images are made to be shown on other sites' pages.
            .crossOriginResourcePolicy: "cross-origin",
            .cacheControl: route == .process ? "no-store" : "no-cache",
        ]
        let output = result.bytes
        let body = ResponseBody(contentLength: output.readableBytes) { writer in
            try await writer.write(output)
            // The end is not taken before the client has read nearly all of the image.
            try await writer.finish(nil)
            withExtendedLifetime(share) {}
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// The source's name with the result's extension. Letters, digits, `-` and `_` stay, so that
    /// nothing in it can end the quotation.
    private static func fileName(for route: Route, _ format: ImageFormat) -> String {
        var base = ""
        if case .image(let path) = route {
            let name = path.fileName.split(separator: ".").first ?? ""
            base = String(decoding: name.utf8.prefix(64).map(plain), as: UTF8.self)
        }
        return "\(base.isEmpty ? "image" : base).\(format.fileExtensions[0])"
    }

    private static func plain(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            byte
        default: UInt8(ascii: "_")
        }
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
