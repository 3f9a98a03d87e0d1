/// The boundary of a `multipart/form-data` body (RFC 2046 section 5.1.1).
public struct MultipartBoundary: Equatable, Sendable {
    /// 1 to 70 bytes from the closed set of the RFC; no CR and no LF among them.
    let bytes: [UInt8]

    /// Reads it from a `Content-Type` field.
    ///
    /// - Throws: ``MultipartError/noBoundary`` unless the field has exactly one valid boundary.
    public init(contentType: String) throws(MultipartError) {
        guard let field = MediaText.parameters(of: contentType.utf8),
            field.value == "multipart/form-data", let boundary = field.parameters["boundary"],
            (1...70).contains(boundary.count), boundary.allSatisfy(Self.isAllowed),
            boundary.last != UInt8(ascii: " ")
        else { throw .noBoundary }
        bytes = boundary
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || "'()+_,-./:=? ".utf8.contains(byte)
    }
}

/// Why a form cannot be read. All of it may be shown to the client.
public enum MultipartError: Error, Equatable, Sendable, CaseIterable {
    case noBoundary
    case noStart
    case brokenDelimiter
    case noEnd
    case afterEnd
    case brokenPart
    case headerTooLong
    case tooManyParts
    case encodedPart
    case noFile
    case secondFile

    /// A sentence that says what to send.
    public var reason: String {
        switch self {
        case .noBoundary:
            "The form has no usable boundary. Send Content-Type multipart/form-data with one "
                + "boundary of 1 to 70 characters."
        case .noStart:
            "The body does not begin with the form's boundary. Send the boundary that "
                + "Content-Type names."
        case .brokenDelimiter:
            "A line begins with the boundary but goes on. Choose a boundary that is not in the "
                + "data."
        case .noEnd: "The form ends before its final boundary. Send the whole form."
        case .afterEnd: "Bytes follow the form's final boundary. Send nothing after it."
        case .brokenPart:
            "A part's header cannot be read. Send Content-Disposition: form-data with a name, "
                + "lines that end in CRLF, and each field once."
        case .headerTooLong:
            "A part's header is longer than \(MultipartParser.longestHeader) bytes. Send less."
        case .tooManyParts:
            "The form has more than \(MultipartParser.mostParts) parts. Send fewer."
        case .encodedPart:
            "A part has a Content-Transfer-Encoding. Send its bytes as they are."
        case .noFile: "The form has no field named file. Send the image in a field named file."
        case .secondFile: "The form has more than one field named file. Send one image."
        }
    }
}
