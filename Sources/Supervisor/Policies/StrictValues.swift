import RequestSyntax
import SandboxPolicy
import Yams

/// Reads YAML nodes as exactly what is expected of them, and collects what is not.
///
/// Types are decided here, by what the place asks for, and not by YAML's rules of guessing: a
/// number is plain decimal or hexadecimal, text is anything that does not look like a number, a
/// truth value or nothing.
struct StrictValues {
    /// Nobody reads more at once, and to look for a near name costs time for each.
    static let mostDiagnostics = 200

    let file: String
    /// Whether a key with nothing behind it is as good as no key: programs that write JSON write
    /// `null` for an empty list.
    var nullIsAbsent = false
    private(set) var diagnostics: [PolicyDiagnostic] = []
    /// Where the file has what somebody may want to speak about later, by its path in the file.
    private(set) var places: [String: PolicyDocument.Place] = [:]

    init(file: String) { self.file = file }

    mutating func note(_ path: String, _ node: Node) {
        places[path] = PolicyDocument.Place(file: file, position: node.position)
    }

    mutating func error(
        _ check: PolicyCheck = .structure, at position: SourcePosition, _ what: String,
        _ hint: @autoclosure () -> String
    ) {
        add(.error, check, position, what, hint)
    }

    mutating func warning(
        _ check: PolicyCheck, at position: SourcePosition, _ what: String,
        _ hint: @autoclosure () -> String
    ) {
        add(.warning, check, position, what, hint)
    }

    /// After the most that is told, one error more that says so: the file stays unfit.
    private mutating func add(
        _ severity: PolicyDiagnostic.Severity, _ check: PolicyCheck, _ position: SourcePosition,
        _ what: String, _ hint: () -> String
    ) {
        guard diagnostics.count < Self.mostDiagnostics else {
            if diagnostics.count == Self.mostDiagnostics {
                diagnostics.append(
                    PolicyDiagnostic(
                        file: file, at: position, what: "there is more to say from here on",
                        hint: "put right what is named above first"))
            }
            return
        }
        diagnostics.append(
            PolicyDiagnostic(severity, check, file: file, at: position, what: what, hint: hint()))
    }

    /// A mapping that was read, and whether something in it was refused.
    struct Fields {
        let node: Node
        let what: String
        fileprivate(set) var values: [String: Node] = [:]
        fileprivate(set) var isComplete = true
        fileprivate var refused: Set<String> = []

        subscript(key: String) -> Node? { values[key] }

        /// Whether the key is there and was told to be out of place.
        func isRefused(_ key: String) -> Bool { refused.contains(key) }
    }

    /// The values of a mapping by key.
    ///
    /// - Parameters:
    ///   - keys: What may stand there.
    ///   - refused: Keys that mean something elsewhere and cannot be honoured here, and what to do
    ///     instead. Their values are there all the same, for who wants to understand them.
    mutating func fields(
        of node: Node, named what: String, keys: [String], refused: [String: String] = [:]
    ) -> Fields {
        var fields = Fields(node: node, what: what)
        guard case .mapping(let mapping) = node else {
            error(at: node.position, "\(what) is not a mapping", "write 'key: value' lines")
            fields.isComplete = false
            return fields
        }
        for (keyNode, value) in mapping {
            guard case .scalar(let scalar) = keyNode else {
                fields.isComplete = false
                error(at: keyNode.position, "this key is not text", "write one word and a colon")
                continue
            }
            let key = scalar.string
            if nullIsAbsent, Self.isNull(value) { continue }
            if keys.contains(key) {
                fields.values[key] = value
                continue
            }
            fields.isComplete = false
            if let hint = refused[key] {
                fields.values[key] = value
                fields.refused.insert(key)
                error(.notHonoured, at: keyNode.position, "'\(key)' cannot be honoured", hint)
            } else {
                error(
                    at: keyNode.position, "\(what) has no key '\(Self.shown(key))'",
                    Self.suggestion(for: key, among: keys))
            }
        }
        return fields
    }

    /// The value of a key that has to be there. Where a key was refused, it was probably this one,
    /// and its absence is no second error.
    mutating func required(_ key: String, in fields: Fields, hint: String) -> Node? {
        if let value = fields[key] { return value }
        if fields.isComplete {
            error(at: fields.node.position, "\(fields.what) has no '\(key)'", hint)
        }
        return nil
    }

    mutating func elements(of node: Node, named what: String) -> [Node] {
        guard case .sequence(let sequence) = node else {
            error(at: node.position, "\(what) is not a list", "write '- ' before each element")
            return []
        }
        return Array(sequence)
    }

    mutating func text(_ node: Node, named what: String) -> String? {
        guard case .scalar(let scalar) = node, !Self.looksLikeOtherType(scalar) else {
            error(at: node.position, "\(what) is not text", "write a word, or quote it")
            return nil
        }
        return scalar.string
    }

    mutating func number(
        _ node: Node, named what: String, in range: ClosedRange<UInt64> = 0...UInt64.max
    ) -> UInt64? {
        let expected = "write a whole number, decimal or hexadecimal with 0x"
        guard case .scalar(let scalar) = node, scalar.style == .plain else {
            error(at: node.position, "\(what) is not a number", expected)
            return nil
        }
        let digits = scalar.string
        let value: UInt64?
        if digits.hasPrefix("0x") {
            let rest = digits.dropFirst(2)
            value = rest.allSatisfy(\.isHexDigit) ? UInt64(rest, radix: 16) : nil
        } else if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits == "0" || !digits.hasPrefix("0")
        {
            value = UInt64(digits)
        } else {
            value = nil
        }
        guard let value else {
            error(
                at: node.position, "\(what) '\(Self.shown(digits))' is not a number of 64 bits",
                expected)
            return nil
        }
        guard range.contains(value) else {
            error(
                at: node.position, "\(what) \(value) is out of range",
                "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func choice<Value>(
        _ node: Node, named what: String, among choices: [(name: String, value: Value)],
        refused: [String: String] = [:], suggestions: [String]? = nil
    ) -> Value? {
        guard let name = text(node, named: what) else { return nil }
        if let match = choices.first(where: { $0.name == name }) { return match.value }
        if let hint = refused[name] {
            error(.notHonoured, at: node.position, "'\(name)' cannot be honoured", hint)
        } else {
            error(
                at: node.position, "\(what) '\(Self.shown(name))' is not known",
                Self.suggestion(for: name, among: suggestions ?? choices.map(\.name)))
        }
        return nil
    }

    /// "write 'x'" for the nearest of `names`; when none is near, `fallback` or the list of them.
    static func suggestion(
        for word: String, among names: [String], orElse fallback: String? = nil
    ) -> String {
        if let nearest = NearestName.of(word, among: names) {
            return "write '\(nearest)'"
        }
        return fallback ?? "write one of \(names.joined(separator: ", "))"
    }

    /// A file's word as far as a message needs it.
    static func shown(_ word: String) -> String {
        word.count <= 64 ? word : "\(word.prefix(64))…"
    }

    private static func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private static func looksLikeOtherType(_ scalar: Node.Scalar) -> Bool {
        guard scalar.style == .plain else { return false }
        if ["", "~", "null", "true", "false"].contains(scalar.string.lowercased()) { return true }
        return Double(scalar.string) != nil
    }
}
