import Foundation

/// The fields of one event in a log.
struct LogFields {
    private enum Value: Decodable {
        case text(String)
        case number(UInt64)
        case texts([String])
        case flag(Bool)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let number = try? container.decode(UInt64.self) {
                self = .number(number)
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let texts = try? container.decode([String].self) {
                self = .texts(texts)
            } else {
                self = .other
            }
        }
    }

    private let values: [String: Value]

    /// nil for what is no JSON object.
    init?(json: some StringProtocol) {
        let data = Data(json.utf8)
        guard let values = try? JSONDecoder().decode([String: Value].self, from: data) else {
            return nil
        }
        self.values = values
    }

    func text(_ name: String) -> String? {
        if case .text(let text) = values[name] { text } else { nil }
    }

    /// A text that can stand in a comment: letters, digits, hyphens and the like, and not many.
    func word(_ name: String) -> String? { Self.word(text(name)) }

    /// The text, if it is one.
    static func word(_ text: String?) -> String? {
        text.flatMap { text in
            let isWord =
                (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                        || (0x61...0x7a).contains(byte) || [0x2d, 0x2e, 0x5f].contains(byte)
                }
            return isWord ? text : nil
        }
    }

    /// A number, or a text of one.
    func number(_ name: String) -> UInt64? {
        switch values[name] {
        case .number(let number): number
        case .text(let text): UInt64(text)
        default: nil
        }
    }

    func flag(_ name: String) -> Bool {
        switch values[name] {
        case .flag(let flag): flag
        case .text(let text): text == "true"
        default: false
        }
    }

    func texts(_ name: String) -> [String]? {
        if case .texts(let texts) = values[name] { texts } else { nil }
    }
}

/// The log format for people.
extension LogFields {
    /// Reads what ``TextLogLine`` writes; nil for anything else.
    init?(text line: String) {
        // What collects logs may put its own words before a line.
        guard let start = line.firstRange(of: Self.beginning) else { return nil }
        var rest = line[start.lowerBound...]
        while let last = rest.last, last.isNewline { rest.removeLast() }
        guard let time = rest.firstIndex(of: " "), rest.first?.isNumber == true else { return nil }
        rest = rest[rest.index(after: time)...]
        // The level may be coloured: ESC [ … m.
        let words = rest.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2 else { return nil }
        let level = String(words[0]).replacing(/\u{1B}\[[0-9;]*m/, with: "")
        guard Self.levels.contains(level) else { return nil }
        rest = words[1].drop { $0 == " " }
        let end = rest.firstRange(of: "  ")?.lowerBound ?? rest.endIndex
        var values: [String: Value] = ["message": .text(String(rest[..<end]))]
        rest = rest[end...]
        while rest.hasPrefix("  ") {
            rest = rest.dropFirst(2)
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            guard let length = Self.length(of: rest) else { return nil }
            let word = rest.prefix(length)
            rest = rest.dropFirst(length)
            // A name that comes twice is nobody's.
            guard values[name] == nil else { return nil }
            // A plain word may look like the beginning of a list.
            let isJSON = word.contains("\"") || word == "[]" || word == "{}"
            values[name] =
                isJSON
                ? try? JSONDecoder().decode(Value.self, from: Data(word.utf8))
                : .text(String(word))
        }
        guard rest.isEmpty else { return nil }
        self.values = values
    }

    /// RFC 3339 in UTC with milliseconds, and the level.
    private static var beginning: some RegexComponent {
        /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z +(?:\u{1B}\[[0-9;]*m)*[A-Z]/
    }

    private static let levels: Set<String> = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL",
    ]

    /// Characters of a value: a JSON string, a list or an object with its strings, or a plain word,
    /// which has neither spaces nor quotes.
    private static func length(of text: Substring) -> Int? {
        var isString = false
        var isEscaped = false
        var count = 0
        for character in text {
            if isEscaped {
                isEscaped = false
            } else if isString, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isString.toggle()
            } else if character == " ", !isString {
                return count
            }
            count += 1
        }
        return isString ? nil : count
    }
}
