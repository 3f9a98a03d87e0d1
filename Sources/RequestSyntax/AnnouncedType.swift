public import ImageVocabulary

/// What a request says its image is, before anyone looked at the bytes.
public enum AnnouncedType: Equatable, Sendable {
    /// Nothing that binds: the bytes decide alone.
    case nothing
    /// A format this service reads.
    case format(ImageFormat)
    /// An `image/*` type this service does not read; printable ASCII, at most 64 characters.
    case unsupportedImage(String)
    /// `multipart/form-data`: the body is a form, and its part announces for itself.
    case multipartForm
    /// A type that is no image at all; printable ASCII, at most 64 characters.
    case unsupported(String)

    /// Reads a `Content-Type` field (RFC 9110 section 8.3); parameters are ignored.
    ///
    /// Absent, empty, `application/octet-stream` and `application/x-www-form-urlencoded` (what
    /// `curl --data-binary` sends) announce nothing.
    public init(contentType: String?) {
        let field = contentType ?? ""
        let beforeParameters = field.utf8.prefix { $0 != UInt8(ascii: ";") }
        let type = PrintableText.make(MediaText.trimmed(beforeParameters)).lowercased()
        switch type {
        case "", "application/octet-stream", "application/x-www-form-urlencoded":
            self = .nothing
        case "multipart/form-data":
            self = .multipartForm
        default:
            if let format = ImageFormat(mediaType: type) {
                self = .format(format)
            } else {
                self = type.hasPrefix("image/") ? .unsupportedImage(type) : .unsupported(type)
            }
        }
    }

    /// Reads the extension of a file's name. No extension and an unknown one announce nothing.
    public init(fileName: String) {
        let last = fileName[...].utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            .last
        let name = last.map(Substring.init) ?? ""
        // A name that begins with its only dot is a hidden file, not an extension.
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let suffix = parts.count > 1 && !parts[0].isEmpty ? parts[parts.count - 1] : ""
        self = ImageFormat(fileExtension: suffix.lowercased()).map(Self.format) ?? .nothing
    }

    /// Decides between what was announced and what the bytes' magic number says.
    ///
    /// - Parameter sniffed: the answer of ``ImageSignature/sniff(_:)``.
    /// - Returns: the format, on which both agree.
    /// - Throws: ``AnnouncedTypeError``. `multipart/form-data` here means that a part of a form
    ///   announced another form.
    public func agreed(
        withBytes sniffed: ImageFormat?
    ) throws(AnnouncedTypeError) -> ImageFormat {
        switch self {
        case .nothing:
            guard let sniffed else { throw .unknown }
            return sniffed
        case .format(let announced):
            guard announced == sniffed else {
                throw .contradiction(announced: announced.mediaType, found: sniffed)
            }
            return announced
        case .unsupportedImage(let announced):
            guard let sniffed else { throw .unsupported(announced) }
            throw .contradiction(announced: announced, found: sniffed)
        case .unsupported(let announced): throw .unsupported(announced)
        case .multipartForm: throw .unsupported("multipart/form-data")
        }
    }
}

/// Why a request's type cannot be accepted. All of it may be shown to the client.
public enum AnnouncedTypeError: Error, Equatable, Sendable {
    /// Nothing was announced and the bytes begin like no image this service reads.
    case unknown
    /// A type this service does not read.
    case unsupported(String)
    /// The request says one thing and the bytes another, or nothing.
    case contradiction(announced: String, found: ImageFormat?)

    /// A sentence that says what to send.
    public var reason: String { reason(reading: ImageFormat.allCases) }

    /// - Parameter formats: those that can be sent.
    public func reason(reading formats: [ImageFormat]) -> String {
        let known = formats.map(\.name).joined(separator: ", ")
        return switch self {
        case .unknown:
            "The bytes are no image of a known format. Send one of \(known)."
        case .unsupported(let announced):
            "The type \(announced) cannot be read here. Send one of \(known)."
        case .contradiction(let announced, let found?):
            "The request announces \(announced), but the bytes are \(found.mediaType). "
                + "Send the type that the bytes have, or none."
        case .contradiction(let announced, nil):
            "The request announces \(announced), but the bytes are no image of a known format. "
                + "Send one of \(known)."
        }
    }
}
