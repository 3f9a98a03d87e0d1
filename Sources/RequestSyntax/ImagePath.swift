/// A relative path below the image root, as a URL named it.
///
/// What holds of it: 1 to ``longest`` bytes of valid UTF-8; segments separated by single slashes,
/// none empty, none `.` or `..`; no control byte, no backslash. The kernel still resolves it with
/// `RESOLVE_BENEATH` (openat2(2)): this is the first of two locks.
public struct ImagePath: Hashable, Sendable, CustomStringConvertible {
    /// Longest path in bytes, decoded.
    public static let longest = 1_024

    /// The decoded path.
    public let text: String

    /// Decodes a path from a URL, once. An escaped slash separates like a plain one.
    ///
    /// - Parameter encoded: what stands behind `/v1/images/`, without query and without `/info`.
    public init(percentEncoded encoded: some StringProtocol) throws(ImagePathError) {
        // An escape is three bytes for one.
        guard encoded.utf8.count <= 3 * Self.longest else { throw .tooLong }
        let bytes: [UInt8]
        do throws(PercentDecoding.Failure) {
            bytes = try PercentDecoding.decode(Array(encoded.utf8))
        } catch {
            throw .escape
        }
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.longest else { throw .tooLong }
        guard !bytes.contains(UInt8(ascii: "\\")) else { throw .backslash }
        let segments = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for segment in segments {
            guard !segment.isEmpty else { throw .emptySegment }
            guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw .dotSegment
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        self.text = text
    }

    /// The last segment, whose extension may announce a format.
    public var fileName: String {
        text.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? text
    }

    public var description: String { text }
}

/// Why a path cannot name an image.
public enum ImagePathError: Error, Equatable, Sendable {
    case empty
    case tooLong
    /// A broken or double escape or a control byte.
    case escape
    case backslash
    /// Two slashes in a row, or one at the start or the end.
    case emptySegment
    case dotSegment
    case notUTF8
}
