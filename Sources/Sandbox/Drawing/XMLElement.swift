/// A name with its namespace.
struct XMLName: Hashable {
    /// Empty for none.
    let namespace: String
    let local: String

    static let xml = "http://www.w3.org/XML/1998/namespace"

    init(_ namespace: String, _ local: String) {
        self.namespace = namespace
        self.local = local
    }

    /// A name as written. Attributes without a prefix have no namespace, elements the default one.
    init(
        _ written: ArraySlice<UInt8>, in namespaces: [String: String], isAttribute: Bool
    ) throws(XMLFault) {
        let parts = written.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch parts.count {
        case 1:
            self.init(isAttribute ? "" : namespaces[""] ?? "", parts[0])
        case 2 where !parts[1].isEmpty:
            guard let namespace = namespaces[parts[0]] else {
                throw XMLFault("a prefix is not declared")
            }
            self.init(namespace, parts[1])
        default: throw XMLFault("a name is malformed")
        }
    }
}

/// The start of an element, without the namespaces that it declares.
struct XMLElement: Equatable {
    struct Attribute: Equatable {
        var name: XMLName
        var value: [UInt8]
    }

    var name: XMLName
    var attributes: [Attribute] = []
}

/// Why a text is not taken for XML. A sentence of our own words.
struct XMLFault: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let truncated = XMLFault("it ends too early")
    static let outside = XMLFault("something stands outside the root element")
    static let twice = XMLFault("an attribute stands there twice")
    static let reference = XMLFault("it refers to an entity")
}

/// Which bytes and characters XML has where (XML 1.0 sections 2.2 and 2.3). Bytes of characters beyond
/// ASCII may stand in names: what is written with them is compared with names in ASCII alone.
enum UTF8Text {
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }

    static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: isNameStart(byte)
        }
    }

    static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }

    /// Whether bytes are UTF-8 of XML's characters alone.
    static func isValid(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy(isCharacter)
    }
}

/// Writes XML by which nobody can be misled: every value in quotes, and everything escaped that means
/// something anywhere.
struct XMLWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: String) { bytes += text.utf8 }

    mutating func attribute(_ name: String, _ value: some Sequence<UInt8>) {
        raw(" \(name)=\"")
        // White space that was written as a reference would be spaces without one.
        for byte in value {
            switch byte {
            case 0x09: raw("&#9;")
            case 0x0A: raw("&#10;")
            default: text(CollectionOfOne(byte))
            }
        }
        raw("\"")
    }

    mutating func text(_ value: some Sequence<UInt8>) {
        for byte in value {
            switch byte {
            case UInt8(ascii: "&"): raw("&amp;")
            case UInt8(ascii: "<"): raw("&lt;")
            case UInt8(ascii: ">"): raw("&gt;")
            case UInt8(ascii: "\""): raw("&quot;")
            case UInt8(ascii: "'"): raw("&#39;")
            case 0x0D: raw("&#13;")
            default: bytes.append(byte)
            }
        }
    }
}
