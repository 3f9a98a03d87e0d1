import SandboxPolicy
import Yams

/// A policy file's text with one rule more, in which every other line stays as it is.
struct PolicyInsertion: Sendable {
    /// Why the text cannot be changed, and what to do instead.
    struct Refusal: Error, Equatable, Sendable {
        /// Half a sentence.
        let reason: String
        /// The rules to paste, as YAML.
        let rules: String
    }

    /// The whole file.
    let bytes: [UInt8]
    /// The lines that are new.
    let added: [String]
    /// The file as it is read back.
    let document: PolicyDocument

    /// Adds a rule behind the last one of `linux.seccomp.syscalls`.
    ///
    /// In a policy with a base a file that names a call decides that call alone. So the base's
    /// rules for the call are copied along where the file does not name it yet.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - policy: What was read of it.
    /// - Throws: ``Refusal`` for JSON and flow style, and where the changed text does not say
    ///   exactly what the old one said and the rule.
    init(
        _ rule: SyscallRule, into bytes: [UInt8], of policy: PolicyDocument
    ) throws(Refusal) {
        let rules = policy.copied(for: rule) + [rule]
        func refusal(_ reason: String) -> Refusal {
            Refusal(
                reason: reason,
                rules: rules.flatMap { RuleText.lines($0, indent: 6) }.joined(separator: "\n"))
        }
        guard let root = try? PolicyText.root(of: bytes, file: policy.path),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw refusal("the file cannot be read as YAML") }
        var lines = FileLines(text)
        do throws(InsertionPlace.Unfit) {
            let place = try InsertionPlace(in: root, of: lines)
            added = place.text(of: rules)
            lines.insert(added, at: place.line)
        } catch {
            throw refusal(error.reason)
        }
        self.bytes = Array(lines.text.utf8)
        do throws(PolicyError) {
            document = try PolicyReader.document(self.bytes, path: policy.path)
        } catch {
            throw refusal("the file could not be read with the rule in it: \(error)")
        }
        guard document.saysTheSame(as: policy, and: rule) else {
            throw refusal("the file would not say the same with the rule in it")
        }
    }
}

/// Lines with whatever ends them.
struct FileLines: Sendable {
    private(set) var lines: [String]
    private let ending: String

    init(_ text: String) {
        // A carriage return and its line feed are one character.
        ending = text.contains("\r\n") ? "\r\n" : "\n"
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    var text: String { lines.joined(separator: ending) + ending }

    mutating func insert(_ added: [String], at index: Int) {
        lines.insert(contentsOf: added, at: index)
    }

    /// Spaces that a line begins with; nil for a line of nothing else.
    func indent(of index: Int) -> Int? {
        let spaces = lines[index].prefix { $0 == " " }.count
        return lines[index].allSatisfy(\.isWhitespace) ? nil : spaces
    }

    /// Whether a list or a mapping that begins at a place stands in brackets, as JSON has them.
    func isFlow(at position: SourcePosition) -> Bool {
        guard lines.indices.contains(position.line - 1) else { return false }
        let first = lines[position.line - 1].unicodeScalars.dropFirst(position.column - 1).first
        return first == "{" || first == "["
    }

    /// Behind the last line of a block that begins on a line and whose lines are indented at least
    /// so far; its empty lines at the end are not its own.
    func end(ofBlockFrom start: Int, indent: Int) -> Int {
        var end = start + 1
        var index = start + 1
        while index < lines.count {
            if let own = self.indent(of: index) {
                if own < indent { break }
                end = index + 1
            }
            index += 1
        }
        return end
    }
}

extension PolicyDocument {
    /// The base's rules for the call that a rule names, where the file itself has none for it.
    fileprivate func copied(for rule: SyscallRule) -> [SyscallRule] {
        let name = rule.names[0].text
        let all = profile.rules.map(\.rule).filter { $0.names.contains { $0.text == name } }
        guard base != nil, all.allSatisfy({ $0.file != nil }) else { return [] }
        return all.map { own in
            var own = own
            own.names = [SyscallRule.Name(name, at: .start)]
            return own
        }
    }

    /// Whether this is another policy and one rule more.
    fileprivate func saysTheSame(as other: PolicyDocument, and rule: SyscallRule) -> Bool {
        name == other.name && base == other.base && glovebox?.formats == other.glovebox?.formats
            && glovebox?.root == other.glovebox?.root
            && glovebox?.requiredLayers == other.glovebox?.requiredLayers
            && glovebox?.limits == other.glovebox?.limits
            && resourceLimits == other.resourceLimits
            && profile.defaultAction == other.profile.defaultAction
            && profile.architectures == other.profile.architectures
            && lines == other.adding(rule).lines
            && diagnostics.allSatisfy { $0.severity != .error }
    }

    /// What its rules say, one text for each call that one names, in no order of meaning.
    private var lines: [String] {
        profile.rules.flatMap { entry in
            entry.rule.names.map { name in
                var single = entry.rule
                single.names = [name]
                return RuleText.lines(single, indent: 0).joined(separator: "\n")
            }
        }.sorted()
    }
}
