/// SVG and PDF as a test writes them.
enum SampleDocument {
    /// An SVG on white paper.
    ///
    /// - Parameter prolog: what stands before the root element.
    static func svg(
        _ content: String, width: Int = 300, height: Int = 120, prolog: String = ""
    ) -> [UInt8] {
        let text = """
            \(prolog)<svg xmlns="http://www.w3.org/2000/svg" \
            xmlns:xlink="http://www.w3.org/1999/xlink" \
            xmlns:xi="http://www.w3.org/2001/XInclude" width="\(width)" height="\(height)">
            <rect width="100%" height="100%" fill="white"/>
            \(content)
            </svg>
            """
        return Array(text.utf8)
    }

    static func text(_ text: String, family: String, at y: Int = 50, size: Int = 30) -> String {
        """
        <text x="10" y="\(y)" font-family="\(family)" font-size="\(size)">\(text)</text>
        """
    }

    /// A PDF of pages that all look the same (ISO 32000-1, 7.5).
    ///
    /// - Parameters:
    ///   - content: a content stream; F1 is Helvetica, F2 Times-Roman, F3 a Japanese font, none of
    ///     which is in the file.
    ///   - width: in points, as `height`.
    static func pdf(
        _ content: String, width: Int = 300, height: Int = 150, pages: Int = 1
    ) -> [UInt8] {
        let page = """
            <</Type/Page/Parent 2 0 R/MediaBox[0 0 \(width) \(height)]/Contents 3 0 R\
            /Resources<</Font<</F1 4 0 R/F2 5 0 R/F3 6 0 R>>>>>>
            """
        let kids = (0..<pages).map { "\(9 + $0) 0 R" }.joined(separator: " ")
        let objects =
            [
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[\(kids)]/Count \(pages)>>",
                "<</Length \(content.utf8.count)>>stream\n\(content)\nendstream",
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
                """
                <</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UCS2-H\
                /DescendantFonts[7 0 R]>>
                """,
                """
                <</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo\
                <</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 8 0 R>>
                """,
                """
                <</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 6/FontBBox[0 0 1000 1000]\
                /ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>
                """,
            ] + [String](repeating: page, count: pages)
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            file += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        file += "trailer\n<</Size \(objects.count + 1)/Root 1 0 R>>\n"
        return Array((file + "startxref\n\(table)\n%%EOF\n").utf8)
    }
}
