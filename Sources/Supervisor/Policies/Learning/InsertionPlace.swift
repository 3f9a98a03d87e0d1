import SandboxPolicy
import Yams

/// Where in a policy file a rule is put, and how far it is indented there.
struct InsertionPlace: Sendable {
    /// Why there is no such place, as half a sentence.
    struct Unfit: Error {
        let reason: String
    }

    /// The index of the line that the new ones come before.
    let line: Int
    /// Spaces before the dash.
    private let indent: Int
    /// Keys that have to be written first, with their indentation.
    private var keys: [String] = []
    /// Whether rules stand apart from each other.
    private var isSpaced = true

    init(in root: Node, of file: FileLines) throws(Unfit) {
        let style = "the file is JSON or in flow style, in which nothing is inserted"
        var node = root
        for (depth, key) in ["linux", "seccomp", "syscalls"].enumerated() {
            guard case .mapping(let mapping) = node else {
                throw Unfit(reason: "'\(key)' has no place in it")
            }
            guard !file.isFlow(at: node.position), let first = mapping.keys.first else {
                throw Unfit(reason: style)
            }
            guard let next = node[key] else {
                self = Self.behind(
                    first.position, missing: Array(Self.path[depth...]), of: file)
                return
            }
            node = next
        }
        guard case .sequence(let list) = node, !file.isFlow(at: node.position) else {
            throw Unfit(reason: style)
        }
        guard let last = list.last, let dash = Self.dash(of: last, in: file) else {
            throw Unfit(reason: "its list of rules has no end that can be found")
        }
        let first = list.first.flatMap { Self.dash(of: $0, in: file) } ?? dash
        indent = dash.column
        line = file.end(ofBlockFrom: dash.line, indent: dash.column + 1)
        isSpaced =
            dash.line == first.line
            || (first.line..<dash.line).contains { file.indent(of: $0) == nil }
    }

    private static let path = ["linux", "seccomp", "syscalls"]

    private init(line: Int, indent: Int, keys: [String]) {
        self.line = line
        self.indent = indent
        self.keys = keys
    }

    /// Behind a mapping, by the place of its first key: the keys that are missing come first.
    private static func behind(
        _ first: SourcePosition, missing: [String], of file: FileLines
    ) -> InsertionPlace {
        let column = first.column - 1
        return InsertionPlace(
            line: file.end(ofBlockFrom: first.line - 1, indent: column),
            indent: column + 2 * missing.count,
            keys: missing.enumerated().map { depth, key in
                String(repeating: " ", count: column + 2 * depth) + key + ":"
            })
    }

    /// The line, counted from 0, and the column of the dash before an element.
    private static func dash(of element: Node, in file: FileLines) -> (line: Int, column: Int)? {
        let position = element.position
        var index = position.line - 1
        while index >= 0, file.lines.indices.contains(index) {
            let text = file.lines[index]
            let spaces = text.prefix { $0 == " " }.count
            if text.dropFirst(spaces).first == "-", spaces < position.column {
                return (index, spaces)
            }
            // The dash may stand alone above the element, with comments between them.
            guard
                file.indent(of: index) == nil || text.dropFirst(spaces).first == "#"
                    || index == position.line - 1
            else { return nil }
            index -= 1
        }
        return nil
    }

    /// The lines to put there.
    func text(of rules: [SyscallRule]) -> [String] {
        var lines: [String] = []
        if !keys.isEmpty {
            // A part of the file begins behind an empty line.
            if keys.count == Self.path.count { lines.append("") }
            lines += keys
        }
        for rule in rules {
            if isSpaced { lines.append("") }
            lines += RuleText.lines(rule, indent: indent)
        }
        return lines
    }
}
