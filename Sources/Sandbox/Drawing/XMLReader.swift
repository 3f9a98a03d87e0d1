/// Reads XML 1.0 with namespaces as a row of events: elements, attributes and text with all references
/// resolved. Comments, processing instructions and the document type are left out, so that nothing of
/// them can come back.
///
/// It takes less than XML allows, and refuses the rest: UTF-8 alone, no entities but the five of XML,
/// names and depth within limits. Whoever writes its events anew has a text that every parser reads
/// in one way.
struct XMLReader: ~Copyable {
    enum Event: Equatable {
        case start(XMLElement)
        /// The end of the innermost element that is open; also of one that was written empty.
        case end
        case text([UInt8])
    }

    /// Elements within each other.
    static let deepest = 256
    /// Attributes of one element.
    static let mostAttributes = 256
    /// Bytes of a name with its prefix.
    static let longestName = 128

    private let bytes: [UInt8]
    private var offset = 0
    private var open: [Scope] = []
    /// An element was written empty: its end is the next event.
    private var endsNow = false
    private var sawRoot = false

    /// An open element: its name as written, and the prefixes that hold in it.
    private struct Scope {
        let name: ArraySlice<UInt8>
        let namespaces: [String: String]
    }

    /// - Throws: when the bytes are no UTF-8.
    init(_ source: Span<UInt8>) throws(XMLFault) {
        var copy: [UInt8] = []
        copy.reserveCapacity(source.count)
        for index in source.indices { copy.append(source[index]) }
        guard UTF8Text.isValid(copy) else { throw XMLFault("it is not UTF-8, or has controls") }
        bytes = copy
        if has([0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The next event, nil behind the end of the root element.
    mutating func next() throws(XMLFault) -> Event? {
        if endsNow { return close() }
        while offset < bytes.count {
            if bytes[offset] != UInt8(ascii: "<") {
                let text = try text(upTo: UInt8(ascii: "<"))
                if !open.isEmpty { return .text(text) }
                guard text.allSatisfy(UTF8Text.isSpace) else { throw .outside }
            } else if take("<!--") {
                try skip(past: "-->")
            } else if take("<![CDATA[") {
                guard !open.isEmpty else { throw .outside }
                let start = offset
                try skip(past: "]]>")
                return .text(Array(bytes[start..<(offset - 3)]))
            } else if take("<?") {
                try skipInstruction()
            } else if take("<!DOCTYPE") {
                try skipDocumentType()
            } else if take("</") {
                try takeEnd()
                return close()
            } else {
                offset += 1
                return .start(try takeStart())
            }
        }
        guard open.isEmpty, sawRoot else { throw XMLFault("it ends within an element") }
        return nil
    }

    private mutating func close() -> Event {
        endsNow = false
        open.removeLast()
        return .end
    }

    // MARK: Markup

    private mutating func takeStart() throws(XMLFault) -> XMLElement {
        guard !open.isEmpty || !sawRoot else { throw .outside }
        guard open.count < Self.deepest else { throw XMLFault("elements are too deep") }
        sawRoot = true
        let name = try takeName()
        var written: [(name: ArraySlice<UInt8>, value: [UInt8])] = []
        while true {
            let hadSpace = skipSpace()
            if take("/>") {
                endsNow = true
                break
            }
            if take(">") { break }
            guard hadSpace, written.count < Self.mostAttributes else {
                throw XMLFault("an element's attributes are malformed or too many")
            }
            written.append(try takeAttribute())
        }
        var namespaces = open.last?.namespaces ?? ["xml": XMLName.xml]
        for (name, value) in written {
            guard let prefix = Self.declaredPrefix(name) else { continue }
            // An empty name takes the default back; another prefix cannot be taken back.
            guard prefix.isEmpty || !value.isEmpty, prefix != "xml", prefix != "xmlns" else {
                throw XMLFault("a namespace is declared wrongly")
            }
            namespaces[prefix] = String(decoding: value, as: UTF8.self)
        }
        open.append(Scope(name: name, namespaces: namespaces))
        return try Self.element(name, written, namespaces)
    }

    private static func element(
        _ name: ArraySlice<UInt8>, _ written: [(name: ArraySlice<UInt8>, value: [UInt8])],
        _ namespaces: [String: String]
    ) throws(XMLFault) -> XMLElement {
        var element = XMLElement(name: try XMLName(name, in: namespaces, isAttribute: false))
        var known = Set<XMLName>()
        var raw = Set<[UInt8]>()
        for (name, value) in written {
            guard raw.insert(Array(name)).inserted else { throw .twice }
            guard declaredPrefix(name) == nil else { continue }
            let name = try XMLName(name, in: namespaces, isAttribute: true)
            guard known.insert(name).inserted else { throw .twice }
            element.attributes.append(XMLElement.Attribute(name: name, value: value))
        }
        return element
    }

    /// The prefix that an attribute declares: empty for the default; nil for other attributes.
    private static func declaredPrefix(_ name: ArraySlice<UInt8>) -> String? {
        if name.elementsEqual("xmlns".utf8) { return "" }
        guard name.starts(with: "xmlns:".utf8) else { return nil }
        return String(decoding: name.dropFirst(6), as: UTF8.self)
    }

    private mutating func takeAttribute() throws(XMLFault) -> (ArraySlice<UInt8>, [UInt8]) {
        let name = try takeName()
        _ = skipSpace()
        guard take("=") else { throw XMLFault("an attribute has no value") }
        _ = skipSpace()
        guard offset < bytes.count, [0x22, 0x27].contains(bytes[offset]) else {
            throw XMLFault("an attribute's value has no quotes")
        }
        let quote = bytes[offset]
        offset += 1
        let value = try text(upTo: quote, isAttribute: true)
        guard offset < bytes.count else { throw .truncated }
        offset += 1
        return (name, value)
    }

    private mutating func takeEnd() throws(XMLFault) {
        let name = try takeName()
        _ = skipSpace()
        guard take(">"), let last = open.last, last.name == name else {
            throw XMLFault("an element ends that was not begun")
        }
    }

    private mutating func skipInstruction() throws(XMLFault) {
        let isDeclaration = try takeName().elementsEqual("xml".utf8)
        let start = offset
        try skip(past: "?>")
        guard isDeclaration else { return }
        // Another encoding would make other characters of the same bytes.
        let text = String(decoding: bytes[start..<offset], as: UTF8.self).lowercased()
        guard !text.contains("encoding") || text.contains("utf-8") || text.contains("us-ascii")
        else { throw XMLFault("its encoding is not UTF-8") }
    }

    /// Skips one without declarations of its own: entities could make any text of any other.
    private mutating func skipDocumentType() throws(XMLFault) {
        guard !sawRoot else { throw .outside }
        while offset < bytes.count, bytes[offset] != UInt8(ascii: ">") {
            guard bytes[offset] != UInt8(ascii: "["), bytes[offset] != UInt8(ascii: "<") else {
                throw XMLFault("its document type declares something")
            }
            offset += 1
        }
        guard take(">") else { throw .truncated }
    }

    // MARK: Bytes

    private func has(_ text: some Collection<UInt8>) -> Bool {
        text.count <= bytes.count - offset && bytes[offset...].starts(with: text)
    }

    private mutating func take(_ text: String) -> Bool {
        let found = has(text.utf8)
        if found { offset += text.utf8.count }
        return found
    }

    private mutating func skip(past text: String) throws(XMLFault) {
        while offset < bytes.count {
            if take(text) { return }
            offset += 1
        }
        throw .truncated
    }

    private mutating func skipSpace() -> Bool {
        let start = offset
        while offset < bytes.count, UTF8Text.isSpace(bytes[offset]) { offset += 1 }
        return offset > start
    }

    private mutating func takeName() throws(XMLFault) -> ArraySlice<UInt8> {
        let start = offset
        while offset < bytes.count, UTF8Text.isName(bytes[offset]) { offset += 1 }
        guard (1...Self.longestName).contains(offset - start), UTF8Text.isNameStart(bytes[start])
        else { throw XMLFault("a name is missing, malformed or too long") }
        return bytes[start..<offset]
    }

    /// Text up to a byte, which is not taken; up to the end where it does not come.
    private mutating func text(
        upTo end: UInt8, isAttribute: Bool = false
    ) throws(XMLFault) -> [UInt8] {
        var text: [UInt8] = []
        while offset < bytes.count, bytes[offset] != end {
            switch bytes[offset] {
            case UInt8(ascii: "&"):
                text += try takeReference()
                continue
            case UInt8(ascii: "<"): throw XMLFault("a < stands in a value")
            // XML 1.0 sections 2.11 and 3.3.3: lines end with a line feed, and white space in values
            // is spaces.
            case 0x0D:
                if offset + 1 < bytes.count, bytes[offset + 1] == 0x0A { offset += 1 }
                text.append(isAttribute ? 0x20 : 0x0A)
            case 0x09, 0x0A: text.append(isAttribute ? 0x20 : bytes[offset])
            default: text.append(bytes[offset])
            }
            offset += 1
        }
        return text
    }

    private mutating func takeReference() throws(XMLFault) -> [UInt8] {
        let start = offset + 1
        guard let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw .reference
        }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        offset = end + 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            guard name.hasPrefix("#") else { throw .reference }
            let isHex = name.hasPrefix("#x")
            let digits = name.dropFirst(isHex ? 2 : 1)
            guard digits.utf8.first != UInt8(ascii: "+"),
                let number = UInt32(digits, radix: isHex ? 16 : 10),
                let scalar = Unicode.Scalar(number), UTF8Text.isCharacter(scalar)
            else { throw .reference }
            return Array(String(Character(scalar)).utf8)
        }
    }
}
