import Glibc

/// A file of environment variables for development: `NAME=value` lines, `#` before comments, quotes
/// around a value where it needs them. Lines without `GLOVEBOX_` are for others.
///
/// swift-configuration's own reader leaves out what it cannot read; here a line that cannot be
/// honoured is an error.
struct EnvironmentFile: Equatable {
    let path: String
    private(set) var variables: [String: String] = [:]
    /// The line of each variable.
    private(set) var lines: [String: Int] = [:]
    private(set) var problems: [ConfigurationProblem] = []

    /// Reads the file; nil when there is none, or when its folder is closed to this account: a service
    /// that root started somewhere has not asked for a file there.
    static func read(_ path: String) throws(ConfigurationProblem) -> EnvironmentFile? {
        do throws(SmallFile.Failure) {
            let file = try SmallFile.read(path, limit: StrictYAML.largestFile)
            return EnvironmentFile(path: path, text: String(decoding: file.bytes, as: UTF8.self))
        } catch {
            if error.isMissing || !isInReach(path) { return nil }
            throw ConfigurationProblem(
                Origin(.environmentFile, path), "the file cannot be read: \(error.reason)",
                "Make it a file that this account may read, or remove it.")
        }
    }

    private static func isInReach(_ path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        // access reads the path within the call only.
        return unsafe access(folder, X_OK) == 0
    }

    init(path: String, text: String) {
        self.path = path
        let rows = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, row) in rows.enumerated() {
            let row = Self.trimmed(row)
            // Other programs read such files too, each in its own way.
            if row.hasPrefix("#") || !row.contains("GLOVEBOX_") { continue }
            read(row, line: index + 1)
        }
    }

    private mutating func read(_ row: Substring, line: Int) {
        guard let equals = row.firstIndex(of: "=") else {
            return refuse(line, "this is no variable", "Write NAME=value.")
        }
        let name = String(row[..<equals])
        guard name.utf8.allSatisfy({ Self.isNameByte($0) }), !name.isEmpty else {
            return refuse(
                line, "\(ConfigurationProblem.quoted(name)) is no name of a variable",
                "Write NAME=value, without spaces around the sign and without 'export'.")
        }
        guard let value = Self.unquoted(row[row.index(after: equals)...]) else {
            return refuse(line, "\(name) has a quote without its partner", "Close the quotes.")
        }
        guard variables.updateValue(value, forKey: name) == nil else {
            return refuse(line, "\(name) is there more than once", "Keep one of them.")
        }
        lines[name] = line
    }

    private mutating func refuse(_ line: Int, _ what: String, _ advice: String) {
        problems.append(
            ConfigurationProblem(Origin(.environmentFile, path, line: line), what, advice))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: blank)
        while text.last.map(blank) == true { text.removeLast() }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }

    private static func unquoted(_ value: Substring) -> String? {
        guard let quote = value.first, quote == "\"" || quote == "'" else { return String(value) }
        guard value.count > 1, value.last == quote else { return nil }
        return String(value.dropFirst().dropLast())
    }
}
