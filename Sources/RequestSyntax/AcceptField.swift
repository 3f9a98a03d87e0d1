public import ImageVocabulary

/// The media types that a client names in its Accept fields (RFC 9110 section 12.5.1).
///
/// Ranges such as `image/*` name nothing here: programs send them that show no format of this
/// century.
public struct AcceptField: Equatable, Sendable {
    /// Longest value in bytes, and most types in one, that are read. A longer one names nothing.
    public static let longest = 4_096
    public static let mostTypes = 64

    private var types: Set<String> = []

    /// Reads the fields' values, joined with commas; nil when there is none.
    ///
    /// What cannot be read is left out: the field is a wish. A type with a weight of 0 is refused,
    /// wherever it stands.
    public init(_ text: String?) {
        guard let text, text.utf8.count <= Self.longest else { return }
        let elements = Self.elements(of: Array(text.utf8))
        guard elements.count <= Self.mostTypes else { return }
        var refused: Set<String> = []
        for element in elements {
            guard let (type, parameters) = MediaText.parameters(of: element),
                let isWanted = Self.isWanted(parameters["q"])
            else { continue }
            if isWanted {
                types.insert(type)
            } else {
                refused.insert(type)
            }
        }
        types.subtract(refused)
    }

    /// Whether the client names the format's own media type.
    public func names(_ format: ImageFormat) -> Bool { types.contains(format.mediaType) }

    /// The parts between commas that are not quoted.
    private static func elements(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var isQuoted = false
        var isEscaped = false
        return bytes.split { byte in
            defer { isEscaped = isQuoted && !isEscaped && byte == UInt8(ascii: "\\") }
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            return byte == UInt8(ascii: ",") && !isQuoted
        }
    }

    /// Whether a weight is above 0 (section 12.4.2); nil for none that can be read.
    private static func isWanted(_ weight: [UInt8]?) -> Bool? {
        guard let weight else { return true }
        guard let first = weight.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"),
            weight.count <= 5, weight.count < 2 || weight[1] == UInt8(ascii: ".")
        else { return nil }
        let digits = weight.dropFirst(2)
        let zero = UInt8(ascii: "0")
        guard digits.allSatisfy({ (zero...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let hasPart = digits.contains { $0 != zero }
        if first == zero { return hasPart }
        return hasPart ? nil : true
    }
}
