/// Finds the one image in a `multipart/form-data` body (RFC 7578, RFC 2046 section 5.1).
///
/// It is stricter than the RFCs where leniency would let two readers see two different forms: no
/// preamble but one CRLF, no epilogue but one CRLF, no bytes after a boundary but spaces and tabs,
/// CRLF alone ends a line. Other fields than `file` are passed over.
public enum MultipartParser {
    /// Most parts in one form.
    public static let mostParts = 32
    /// Longest header of one part in bytes.
    public static let longestHeader = 8_192
    /// The name of the field that holds the image.
    public static let fieldName = "file"

    /// The field `file` of a whole body.
    ///
    /// Every byte is looked at a constant number of times, whatever the body holds.
    public static func file(
        in body: Span<UInt8>, boundary: MultipartBoundary
    ) throws(MultipartError) -> MultipartFile {
        let delimiter = Array("\r\n--".utf8) + boundary.bytes
        var offset = try start(of: body, delimiter: delimiter)
        var file: MultipartFile?
        for _ in 0..<mostParts {
            let header = try PartHeader(at: &offset, in: body)
            guard let end = ByteSearch.first(delimiter, in: body, from: offset) else {
                throw .noEnd
            }
            if header.name == fieldName {
                guard file == nil else { throw .secondFile }
                file = MultipartFile(
                    body: offset..<end, contentType: header.contentType,
                    fileName: header.fileName)
            }
            offset = end + delimiter.count
            if try isFinal(&offset, body) {
                guard let file else { throw .noFile }
                return file
            }
        }
        throw .tooManyParts
    }

    /// Behind the first boundary line. The CRLF before it may be missing, since the body begins.
    private static func start(
        of body: Span<UInt8>, delimiter: [UInt8]
    ) throws(MultipartError) -> Int {
        let shown = body.has(delimiter, at: 0) ? delimiter[...] : delimiter.dropFirst(2)
        guard body.has(shown, at: 0) else { throw .noStart }
        var offset = shown.count
        guard try !isFinal(&offset, body) else { throw .noFile }
        return offset
    }

    /// Reads what follows a boundary: `--` and the end of the body, or the end of the line.
    private static func isFinal(
        _ offset: inout Int, _ body: Span<UInt8>
    ) throws(MultipartError) -> Bool {
        let final = body.has("--", at: offset)
        if final { offset += 2 }
        while offset < body.count, MediaText.isSpace(body[offset]) { offset += 1 }
        if final, offset == body.count { return true }
        guard body.has("\r\n", at: offset) else {
            if final { throw .afterEnd }
            throw body.count - offset < 2 ? .noEnd : .brokenDelimiter
        }
        offset += 2
        if final, offset != body.count { throw .afterEnd }
        return final
    }
}

/// The image in a form.
public struct MultipartFile: Equatable, Sendable {
    /// Its bytes' place in the body; may be empty.
    public let body: Range<Int>
    /// The part's own `Content-Type`, as it came: untrusted text.
    public let contentType: String?
    /// The part's `filename`, unquoted: untrusted text, of which nothing but the extension should
    /// be used. `filename*` is not read.
    public let fileName: String?
}

/// Search for a boundary's delimiter.
enum ByteSearch {
    /// The first place of `delimiter` at or after `start`.
    ///
    /// A delimiter begins with CR and has no other CR in it. So when some of it matched and the
    /// next byte does not, no other match can begin within what matched, and the search goes on
    /// there: no byte is read more than twice.
    static func first(
        _ delimiter: [UInt8], in bytes: Span<UInt8>, from start: Int
    ) -> Int? {
        var offset = start
        while bytes.holds(delimiter.count, at: offset) {
            guard bytes[offset] == delimiter[0] else {
                offset += 1
                continue
            }
            var matched = 1
            while matched < delimiter.count, bytes[offset + matched] == delimiter[matched] {
                matched += 1
            }
            if matched == delimiter.count { return offset }
            offset += matched
        }
        return nil
    }
}
