/// Keeps of XMP (ISO 16684-1) who made a picture and whose it is, and writes a packet of it anew.
enum XMPFilter {
    private static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    private static let dc = "http://purl.org/dc/elements/1.1/"
    private static let rights = "http://ns.adobe.com/xap/1.0/rights/"
    private static let cc = "http://creativecommons.org/ns#"
    /// What is written before names of these.
    private static let prefixes = [
        rdf: "rdf", dc: "dc", rights: "xmpRights", cc: "cc", XMLName.xml: "xml",
    ]
    private static let terms: Set<String> = ["rights", "creator", "contributor", "publisher"]
    private static let largest = 32_768

    private static func isKept(_ name: XMLName) -> Bool {
        switch name.namespace {
        case dc: terms.contains(name.local)
        case rights, cc: isPlain(name.local)
        default: false
        }
    }

    /// A packet of what stays, nil where there is nothing of it, and where it is no XMP.
    static func notices(in packet: Span<UInt8>) -> [UInt8]? {
        do throws(XMLFault) {
            return try read(packet.extracting(0..<end(of: packet)))
        } catch {
            return nil
        }
    }

    /// Packets may be filled up with NULs.
    private static func end(of packet: Span<UInt8>) -> Int {
        var end = packet.count
        while end > 0, packet[end - 1] == 0 { end -= 1 }
        return end
    }

    private static func read(_ packet: Span<UInt8>) throws(XMLFault) -> [UInt8]? {
        var reader = try XMLReader(packet)
        var writer = XMLWriter()
        /// Elements that are open, and the name to end each with where it is written.
        var open: [(name: XMLName, written: String?)] = []
        while let event = try reader.next() {
            switch event {
            case .start(let element):
                let isInside = open.last?.written != nil
                let isProperty = open.last?.name == XMLName(rdf, "Description") && !isInside
                if isProperty || isInside, let name = written(element, asProperty: isProperty) {
                    start(element, name, &writer)
                    open.append((element.name, name))
                } else {
                    if !isInside, element.name == XMLName(rdf, "Description") {
                        properties(of: element, &writer)
                    }
                    open.append((element.name, nil))
                }
            case .end:
                if let name = open.popLast()?.written { writer.raw("</\(name)>") }
            case .text(let text):
                if open.last?.written != nil { writer.text(text) }
            }
            guard writer.bytes.count <= largest else { return nil }
        }
        return writer.bytes.isEmpty ? nil : wrapped(writer.bytes)
    }

    /// A property that stays, or part of the value of one: RDF's own elements and fields of what stays.
    private static func written(_ element: XMLElement, asProperty: Bool) -> String? {
        let name = element.name
        guard isKept(name) || (!asProperty && name.namespace == rdf && isPlain(name.local)) else {
            return nil
        }
        return prefixes[name.namespace].map { "\($0):\(name.local)" }
    }

    private static func start(_ element: XMLElement, _ name: String, _ writer: inout XMLWriter) {
        writer.raw("<\(name)")
        for attribute in element.attributes {
            let space = attribute.name.namespace
            guard [rdf, XMLName.xml].contains(space), isPlain(attribute.name.local),
                let prefix = prefixes[space]
            else { continue }
            writer.attribute("\(prefix):\(attribute.name.local)", attribute.value)
        }
        writer.raw(">")
    }

    /// Properties that are written as attributes.
    private static func properties(of element: XMLElement, _ writer: inout XMLWriter) {
        for attribute in element.attributes where isKept(attribute.name) {
            guard let prefix = prefixes[attribute.name.namespace] else { continue }
            let name = "\(prefix):\(attribute.name.local)"
            writer.raw("<\(name)>")
            writer.text(attribute.value)
            writer.raw("</\(name)>")
        }
    }

    private static func wrapped(_ properties: [UInt8]) -> [UInt8] {
        var writer = XMLWriter()
        writer.raw("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"\(rdf)\">")
        writer.raw("<rdf:Description rdf:about=\"\" xmlns:dc=\"\(dc)\"")
        writer.raw(" xmlns:xmpRights=\"\(rights)\" xmlns:cc=\"\(cc)\">")
        return writer.bytes + properties
            + Array("</rdf:Description></rdf:RDF></x:xmpmeta>".utf8)
    }

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 < 0x80 && UTF8Text.isName($0) && $0 != UInt8(ascii: ":") }
    }
}
