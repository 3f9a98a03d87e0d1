import FoundationEssentials

/// Variables of imgproxy's environment, from a file or from this process.
///
/// The file may be one for `docker run --env-file` or a shell: lines `NAME=value` or
/// `export NAME=value`, with quotes around the value where it has them. Or it is JSON as `docker
/// inspect` prints it, or lines `"NAME=value",` of that. What names no variable of imgproxy is for
/// others.
struct ImportedVariables: Equatable {
    private(set) var values: [String: String] = [:]
    /// What cannot be read, one sentence or two each.
    private(set) var problems: [String] = []
    private var lines: [String: Int] = [:]

    /// Largest file: it is some lines of text.
    static let largestFile = StrictYAML.largestFile

    /// The environment of a process.
    init(environment: [String: String]) {
        for (name, value) in environment where Self.isOurs(name) { values[name] = value }
        checkValues()
    }

    /// The text of a file.
    init(bytes: [UInt8]) {
        if let offset = bytes.firstIndex(of: 0) {
            let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
            refuse(line, "there is a NUL byte", "Save the file as plain text in UTF-8.")
            return
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            problems.append("The file is not UTF-8 text. Save it as UTF-8.")
            return
        }
        if text.first == "\u{FEFF}" { text.removeFirst() }
        if let first = text.first(where: { !$0.isWhitespace }), first == "[" || first == "{" {
            readJSON(text)
        } else {
            let rows = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .map(Self.trimmed)
            if rows.contains(where: Self.isOfCompose) {
                problems.append(
                    "Compose files are not read. Start the container and give what docker inspect "
                        + "prints of it, or write lines NAME=value.")
                return
            }
            for (index, row) in rows.enumerated() { read(row, line: index + 1) }
        }
        checkValues()
    }

    /// Whether a line, without the blanks around it, is one of a compose file about an environment.
    private static func isOfCompose(_ row: Substring) -> Bool {
        row == "services:" || row == "environment:"
            || row.firstMatch(of: /^(?:- *["']?IMGPROXY_|["']?IMGPROXY_[A-Z0-9_]+["']?:)/) != nil
    }

    /// The text is no longer than ``largestFile``; the decoder bounds how deep it goes.
    private mutating func readJSON(_ text: String) {
        guard let inspected = try? JSONDecoder().decode(Inspected.self, from: Data(text.utf8))
        else {
            problems.append(
                "The file begins as JSON and is none. Give the whole of what docker inspect prints."
            )
            return
        }
        for entry in inspected.entries where Self.isOurs(entry) {
            take(entry[...], line: nil, isLiteral: true)
        }
    }

    /// Whether it is a variable that imgproxy, or the library that it reads buckets with, looks at.
    private static func isOurs(_ name: some StringProtocol) -> Bool {
        name.hasPrefix("IMGPROXY_") || name.hasPrefix("AWS_")
    }

    private mutating func read(_ row: Substring, line: Int) {
        guard !row.hasPrefix("#") else { return }
        var row = row
        if row.hasPrefix("\"IMGPROXY_") || row.hasPrefix("\"AWS_") {
            guard let text = Self.textOfJSON(row) else {
                return refuse(
                    line, "this is no text of JSON",
                    "Write NAME=value, or the whole line as it was.")
            }
            return take(text[...], line: line, isLiteral: true)
        }
        if row.hasPrefix("export ") || row.hasPrefix("export\t") {
            row = Self.trimmed(row.dropFirst("export".count))
        }
        guard Self.isOurs(row) else { return }
        take(row, line: line, isLiteral: false)
    }

    /// - Parameter isLiteral: whether the value is as it stands there, quotes and all.
    private mutating func take(_ row: Substring, line: Int?, isLiteral: Bool) {
        let name = String(row.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        let rest = row.dropFirst(name.count)
        guard rest.first == "=" else {
            return refuse(
                line, "\(name) has no value",
                "Write \(name)=value, without spaces around the sign.")
        }
        guard values[name] == nil, lines[name] == nil else {
            let place = lines[name].map { ", in line \($0)" } ?? ""
            return refuse(
                line, "\(name) is there already\(place)",
                line == nil ? "Inspect one container." : "Keep one of them.")
        }
        lines[name] = line
        let written = rest.dropFirst()
        guard !isLiteral else {
            values[name] = String(written)
            return
        }
        guard let value = Self.unquoted(written) else {
            return refuse(
                line, "\(name) has a quote without its partner",
                "Close the quotes in the same line, with nothing behind them. Values of several "
                    + "lines are not read: write presets with commas between them.")
        }
        if written.first != "'", value.contains(/\$\{?[A-Z_][A-Z0-9_]{2,}/) {
            return refuse(
                line, "\(name) has its value from another variable", "Write the value out.")
        }
        if written == value, value.contains(" #") {
            return refuse(
                line, "\(name) has a value with ' #' in it",
                "Write a comment in a line of its own, or quotes around the value.")
        }
        values[name] = value
    }

    /// Values that no setting could have.
    private mutating func checkValues() {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let isText = value.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control
            }
            guard !isText else { continue }
            let place = lines[name].map { "Line \($0): " } ?? ""
            problems.append("\(place)\(name) holds a control character. Write text.")
        }
    }

    private mutating func refuse(_ line: Int?, _ what: String, _ advice: String) {
        problems.append("\(line.map { "Line \($0): " } ?? "")\(what). \(advice)")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// As a shell reads it; nil where a quote stands alone.
    private static func unquoted(_ value: Substring) -> String? {
        guard let quote = value.first, quote == "\"" || quote == "'" else { return String(value) }
        var text = ""
        var rest = value.dropFirst()
        while let character = rest.popFirst() {
            if character == quote { return rest.isEmpty ? text : nil }
            if character == "\\", quote == "\"", let next = rest.first, "\"\\$`".contains(next) {
                text.append(next)
                rest.removeFirst()
            } else {
                text.append(character)
            }
        }
        return nil
    }

    private static func textOfJSON(_ row: Substring) -> String? {
        let text = row.last == "," ? row.dropLast() : row
        return try? JSONDecoder().decode(String.self, from: Data(text.utf8))
    }
}

/// JSON of which only the texts in arrays are looked at.
private enum Inspected: Decodable {
    case text(String)
    case array([Inspected])
    case object([String: Inspected])
    case other

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let elements = try? value.decode([Inspected].self) {
            self = .array(elements)
        } else if let members = try? value.decode([String: Inspected].self) {
            self = .object(members)
        } else {
            self = .other
        }
    }

    var entries: [String] {
        switch self {
        case .array(let elements):
            elements.flatMap { element in
                if case .text(let text) = element { [text] } else { element.entries }
            }
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap(\.value.entries)
        case .text, .other: []
        }
    }
}
