/// The header of one part of a form: what is known of it, read once.
struct PartHeader {
    /// The field's name.
    let name: String
    let fileName: String?
    let contentType: String?

    /// Reads the lines at `offset`, which is moved to the part's first byte.
    ///
    /// - Throws: an error for fields that could be read in two ways: folded lines, control bytes,
    ///   a field or a parameter that stands there twice.
    init(at offset: inout Int, in body: Span<UInt8>) throws(MultipartError) {
        let limit = offset + min(MultipartParser.longestHeader, body.count - offset)
        var disposition: [UInt8]?
        var type: [UInt8]?
        while let line = try Self.line(at: &offset, limit: limit, in: body) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
                line[..<colon].allSatisfy(MediaText.isToken)
            else { throw .brokenPart }
            let value = MediaText.trimmed(line[(colon + 1)...])
            switch MediaText.lowercased(line[..<colon]) {
            case "content-disposition":
                guard disposition == nil else { throw .brokenPart }
                disposition = value
            case "content-type":
                guard type == nil else { throw .brokenPart }
                type = value
            case "content-transfer-encoding":
                // RFC 7578 section 4.7 deprecates it; these three leave the bytes as they are.
                guard ["7bit", "8bit", "binary"].contains(MediaText.lowercased(value)) else {
                    throw .encodedPart
                }
            default: break
            }
        }
        guard let disposition, let field = MediaText.parameters(of: disposition),
            field.value == "form-data", let name = field.parameters["name"]
        else { throw .brokenPart }
        self.name = String(decoding: name, as: UTF8.self)
        fileName = field.parameters["filename"].map { String(decoding: $0, as: UTF8.self) }
        contentType = type.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The next line without its CRLF; nil for the empty one that ends the header.
    private static func line(
        at offset: inout Int, limit: Int, in body: Span<UInt8>
    ) throws(MultipartError) -> [UInt8]? {
        var end = offset
        while end < limit, body[end] >= 0x20 || body[end] == 0x09, body[end] != 0x7F { end += 1 }
        guard end + 2 <= limit else {
            throw limit == body.count ? .noEnd : .headerTooLong
        }
        guard body.has("\r\n", at: end) else { throw .brokenPart }
        defer { offset = end + 2 }
        return end == offset ? nil : body.copy(offset..<end)
    }
}
