/// A line for a terminal: text in styles, which counts its columns without them.
struct StyledLine: Equatable, Sendable {
    /// Select Graphic Rendition of ECMA-48.
    enum Style: String, Sendable {
        case plain = "0"
        case bold = "1"
        case good = "32"
        case warning = "33"
        case bad = "31"
    }

    private var parts: [(text: String, style: Style)] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) { add(text, style) }

    static func == (one: StyledLine, other: StyledLine) -> Bool {
        one.text(columns: .max, usesColour: true) == other.text(columns: .max, usesColour: true)
    }

    mutating func add(_ text: String, _ style: Style) {
        parts.append((Self.printable(text), style))
    }

    static func += (line: inout StyledLine, text: String) { line.add(text, .plain) }

    /// The line, cut where it would wrap.
    func text(columns: Int, usesColour: Bool) -> String {
        let length = parts.map(\.text.count).reduce(0, +)
        var left = length > columns ? columns - 1 : columns
        var line = ""
        for (text, style) in parts where left > 0 {
            let shown = text.prefix(left)
            left -= shown.count
            line +=
                usesColour && style != .plain
                ? "\u{1B}[\(style.rawValue)m\(shown)\u{1B}[0m" : String(shown)
        }
        return length > columns ? line + "~" : line
    }

    /// Plain ASCII: what a service says of itself can neither move the cursor nor take more columns
    /// than it has characters.
    static func printable(_ text: String) -> String {
        String(text.map { $0.isASCII && (" "..."~").contains($0) ? $0 : "?" })
    }
}
