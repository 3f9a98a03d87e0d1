/// A place in a policy file. Lines and columns count from 1; columns count characters.
public struct SourcePosition: Comparable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The start of a file, for what concerns it as a whole.
    public static let start = SourcePosition(line: 1, column: 1)

    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One thing to say about a policy file: where, what is wrong, and what to write instead.
public struct PolicyDiagnostic: Equatable, Sendable, CustomStringConvertible {
    public enum Severity: String, CaseIterable, Sendable {
        /// The file is not served.
        case error
        /// The file is served, and its author may not have meant what it says.
        case warning
        /// Nothing is wrong with it.
        case note
    }

    public var severity: Severity
    public var check: PolicyCheck
    /// The path as it was given.
    public var file: String
    public var position: SourcePosition
    /// What is wrong, without a full stop.
    public var what: String
    /// What to write instead, without a full stop.
    public var hint: String

    public init(
        _ severity: Severity = .error, _ check: PolicyCheck = .structure, file: String,
        at position: SourcePosition, what: String, hint: String
    ) {
        self.severity = severity
        self.check = check
        self.file = file
        self.position = position
        self.what = Self.printable(what)
        self.hint = Self.printable(hint)
    }

    /// A file's own words may stand in a message: one line of it, and nothing a terminal obeys.
    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(400).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    public var line: Int { position.line }
    public var column: Int { position.column }

    /// `file:line:column: what; hint`, the form editors jump to.
    public var description: String {
        let mark = severity == .error ? "" : "\(severity.rawValue): "
        return "\(file):\(line):\(column): \(mark)\(what); \(hint)"
    }
}
