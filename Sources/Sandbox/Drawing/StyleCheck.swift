/// Whether a style sheet, a declaration or an attribute that may hold one loads nothing.
///
/// It does not parse CSS. It refuses whatever could be a reference (CSS Values Level 4 sections 4.5
/// and 4.6, CSS Images Level 4), and all that could hide one: escapes, and rules beyond a short list.
enum StyleCheck {
    /// Functions that take an address as a text.
    private static let loading = [
        "image(", "image-set(", "src(", "cross-fade(", "element(", "paint(", "expression(",
    ]
    private static let words = ["javascript:", "vbscript:", "-moz-binding", "behavior:", "<", "\\"]
    private static let rules = ["media", "keyframes", "-webkit-keyframes", "supports"]

    static func isHarmless(_ style: [UInt8]) -> Bool {
        // Comments stand between tokens and never within one; what they could part is put together
        // here, and looked at with and without them.
        [style, withoutComments(style)].allSatisfy(hasNoReference)
    }

    private static func hasNoReference(_ style: [UInt8]) -> Bool {
        let text = style.map(lowered)
        guard !(loading + words).contains(where: { text.firstRange(of: $0.utf8) != nil }) else {
            return false
        }
        var start = text.startIndex
        while let url = text[start...].firstRange(of: "url".utf8) {
            start = url.upperBound
            let rest = text[start...].drop(while: UTF8Text.isSpace)
            guard rest.first == UInt8(ascii: "(") else { continue }
            var target = rest.dropFirst().drop(while: UTF8Text.isSpace)
            if let quote = target.first, [0x22, 0x27].contains(quote) {
                target = target.dropFirst()
            }
            guard target.first == UInt8(ascii: "#") else { return false }
        }
        start = text.startIndex
        while let rule = text[start...].firstIndex(of: UInt8(ascii: "@")) {
            start = rule + 1
            let name = text[start...].prefix { UTF8Text.isName($0) }
            guard rules.contains(where: { name.elementsEqual($0.utf8) }) else { return false }
        }
        return true
    }

    private static func withoutComments(_ style: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        var rest = style[...]
        while let start = rest.firstRange(of: "/*".utf8) {
            kept += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstRange(of: "*/".utf8) else { return kept }
            rest = rest[end.upperBound...]
        }
        return kept + rest
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 0x20 : byte
    }
}
