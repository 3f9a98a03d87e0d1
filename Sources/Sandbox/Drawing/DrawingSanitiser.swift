import ImageVocabulary

/// Writes an SVG anew with nothing in it that runs, loads or leads elsewhere.
///
/// What is not in ``DrawingTables`` goes; what cannot be read without doubt is refused. The result is
/// this code's own text: no byte of the source's markup is copied.
enum DrawingSanitiser {
    static func clean(_ source: Span<UInt8>, atMost largest: UInt64) throws(Refusal) -> [UInt8] {
        do throws(XMLFault) {
            return try Self.clean(source, within: largest)
        } catch {
            throw Refusal(
                error == tooLarge ? .outputTooLarge : .brokenImage, "SVG: \(error.reason)")
        }
    }

    private static let tooLarge = XMLFault("the cleaned drawing is too large")

    private static func clean(
        _ source: Span<UInt8>, within largest: UInt64
    ) throws(XMLFault) -> [UInt8] {
        var reader = try XMLReader(source)
        var writer = XMLWriter()
        // What was done with each open element.
        var open: [Opened] = []
        while let event = try reader.next() {
            switch event {
            case .start(let element):
                guard !open.isEmpty || isRoot(element.name) else {
                    throw XMLFault("its root is no svg")
                }
                open.append(opened(element, within: open.last))
                if open.last?.treatment == .keep {
                    start(element, isRoot: open.count == 1, &writer)
                }
            case .end:
                guard let last = open.popLast() else { continue }
                if last.treatment == .keep {
                    if last.isStyle, StyleCheck.isHarmless(last.style) { writer.text(last.style) }
                    writer.raw("</\(last.name)>")
                }
            case .text(let text):
                guard let last = open.last, last.treatment != .drop else { continue }
                if last.isStyle {
                    open[open.count - 1].style += text
                } else {
                    writer.text(text)
                }
            }
            guard writer.bytes.count <= largest else { throw tooLarge }
        }
        writer.raw("\n")
        return writer.bytes
    }

    private struct Opened {
        let name: String
        let treatment: DrawingTables.Treatment
        /// The text of a style sheet, which is judged as a whole.
        var style: [UInt8] = []

        var isStyle: Bool { name == "style" }
    }

    private static func isRoot(_ name: XMLName) -> Bool {
        name.local == "svg" && [DrawingTables.svg, ""].contains(name.namespace)
    }

    private static func opened(_ element: XMLElement, within outer: Opened?) -> Opened {
        let name = element.name.local
        guard let outer else { return Opened(name: name, treatment: .keep) }
        // A style sheet has no elements in it.
        guard outer.treatment != .drop, !outer.isStyle, isHarmless(element) else {
            return Opened(name: name, treatment: .drop)
        }
        return Opened(name: name, treatment: DrawingTables.treatment(of: element.name))
    }

    /// An animation may change everything but where something leads and what is run.
    private static func isHarmless(_ element: XMLElement) -> Bool {
        guard DrawingTables.animations.contains(element.name.local) else { return true }
        return element.attributes.allSatisfy { attribute in
            guard attribute.name.local == "attributeName" else { return true }
            let target = String(decoding: attribute.value, as: UTF8.self).lowercased()
            return target.utf8.allSatisfy { $0 == UInt8(ascii: "-") || UTF8Text.isNameStart($0) }
                && !target.hasPrefix("on") && !["href", "style", "src"].contains(target)
        }
    }

    private static func start(
        _ element: XMLElement, isRoot: Bool, _ writer: inout XMLWriter
    ) {
        writer.raw("<\(element.name.local)")
        if isRoot {
            writer.attribute("xmlns", DrawingTables.svg.utf8)
            writer.attribute("xmlns:xlink", DrawingTables.xlink.utf8)
        }
        for attribute in element.attributes where isKept(attribute, of: element.name.local) {
            let prefix =
                switch attribute.name.namespace {
                case DrawingTables.xlink: "xlink:"
                case XMLName.xml: "xml:"
                default: ""
                }
            writer.attribute(prefix + attribute.name.local, attribute.value)
        }
        writer.raw(">")
    }

    private static func isKept(_ attribute: XMLElement.Attribute, of element: String) -> Bool {
        guard DrawingTables.allowsAttribute(attribute.name) else { return false }
        if attribute.name.local.lowercased() == "href" {
            return DrawingTables.allowsReference(attribute.value, of: element)
        }
        return StyleCheck.isHarmless(attribute.value)
    }
}
