/// The Content-Disposition field of an answer (RFC 6266).
public enum ContentDisposition {
    /// Longest stem in bytes of UTF-8; what is longer is cut.
    public static let longestStem = 255

    /// The field's value.
    ///
    /// - Parameters:
    ///   - isAttachment: whether the client is to store the body and not to show it.
    ///   - stem: the file's name without its extension, any text: what could be a path, or could show
    ///     another name than the real one, is replaced.
    public static func field(isAttachment: Bool, stem: String, fileExtension: String) -> String {
        let stem = safe(stem)
        let plain = String(decoding: stem.unicodeScalars.map(plain), as: UTF8.self)
        let kind = isAttachment ? "attachment" : "inline"
        let field = "\(kind); filename=\"\(plain).\(fileExtension)\""
        guard plain != stem else { return field }
        return "\(field); filename*=UTF-8''\(extended(stem)).\(fileExtension)"
    }

    /// Without separators of paths, controls and invisible characters, of which some turn the order
    /// of what follows around, and without dots and spaces at the ends, which systems drop.
    private static func safe(_ stem: String) -> String {
        var text = ""
        var count = 0
        for scalar in stem.unicodeScalars {
            let isFit =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                    .privateUse, .unassigned:
                    false
                default: !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
                }
            let kept = isFit ? scalar : "_"
            count += String(kept).utf8.count
            guard count <= longestStem else { break }
            text.unicodeScalars.append(kept)
        }
        let ends = { (character: Character) in character == "." || character == " " }
        let tidy = text.drop(while: ends)
        let end = tidy.lastIndex { !ends($0) }.map { tidy.index(after: $0) } ?? tidy.startIndex
        return tidy[..<end].isEmpty ? "image" : String(tidy[..<end])
    }

    /// For clients that read no other: letters, digits and what needs no quoting within quotes. A
    /// percent sign is left out, since some clients decode it (RFC 6266 appendix D).
    private static func plain(_ scalar: Unicode.Scalar) -> UInt8 {
        guard scalar.isASCII, scalar != "%" else { return UInt8(ascii: "_") }
        return UInt8(truncatingIfNeeded: scalar.value)
    }

    /// RFC 8187 section 3.2.1: everything but attr-char is percent-encoded.
    private static func extended(_ text: String) -> String {
        text.utf8.map { byte in
            byte.isLetterOrDigit || "!#$&+-.^_`|~".utf8.contains(byte)
                ? String(decoding: [byte], as: UTF8.self)
                : "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
