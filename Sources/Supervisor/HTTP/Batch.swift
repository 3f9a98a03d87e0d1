import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

/// Several results of one image: one job with a plan for each, and one answer with a part for each.
enum Batch {
    /// The field that counts a part, from 1, in the order of the sets.
    static let variantField = HTTPField.Name("X-Glovebox-Variant")!

    /// The results as `multipart/mixed` (RFC 2046 section 5.1.3), in the order of the sets. Each part
    /// has its length, so that nobody has to look for the boundary.
    ///
    /// - Parameter share: the results' share of the memory budget: held until the client has taken
    ///   them.
    static func response(
        _ images: [ResultImage], _ orders: [ImageOrder], share: MemoryBudget.Share
    ) -> Response {
        let boundary = boundary()
        var pieces: [ByteBuffer] = []
        for (index, (image, order)) in zip(images, orders).enumerated() {
            let head = head(of: image, order.delivery, number: index + 1)
            let start = "\(index == 0 ? "" : "\r\n")--\(boundary)\r\n\(head)\r\n"
            pieces += [ByteBuffer(string: start), image.bytes]
        }
        pieces.append(ByteBuffer(string: "\r\n--\(boundary)--\r\n"))
        let parts = pieces
        let length = parts.reduce(0) { $0 + $1.readableBytes }
        let body = ResponseBody(contentLength: length) { writer in
            for part in parts { try await writer.write(part) }
            // The end is not taken before the client has read nearly all of the images.
            try await writer.finish(nil)
            withExtendedLifetime(share) {}
        }
        let headers: HTTPFields = [
            .contentType: "multipart/mixed; boundary=\(boundary)",
            .cacheControl: "no-store",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func head(of image: ResultImage, _ delivery: Delivery, number: Int) -> String {
        let disposition = ContentDisposition.field(
            isAttachment: delivery.isAttachment, stem: delivery.fileName ?? "image-\(number)",
            fileExtension: image.format.fileExtensions[0])
        let fields: [(HTTPField.Name, String)] = [
            (.contentType, image.format.mediaType),
            (.contentDisposition, disposition),
            (.contentLength, "\(image.bytes.readableBytes)"),
            (variantField, "\(number)"),
        ]
        return fields.map { "\($0.rawName): \($1)\r\n" }.joined()
    }

    /// Drawn when the results are there, so that no image can have it in its bytes but by a chance of
    /// one to 2^128.
    private static func boundary() -> String {
        let numbers = (0..<2).map { _ in UInt64.random(in: .min ... .max) }
        return "glovebox-" + numbers.map { String($0, radix: 16) }.joined(separator: "-")
    }
}
