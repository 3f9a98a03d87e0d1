import SandboxPolicy
import Yams

/// From the bytes of a file to a tree of YAML nodes with positions, and no further.
///
/// What YAML has beyond JSON and comments is refused: aliases would let a small file describe an
/// enormous one, tags would let it choose types, a second document would be a second file.
enum StrictYAML {
    /// Largest file, in bytes.
    static let largestFile = 256 << 10
    /// Deepest nesting of mappings and sequences.
    static let deepestNesting = 32
    /// Yams reads a string that Swift stores inline (up to 15 bytes) after its storage is gone.
    private static let smallestText = 16

    /// What is wrong with a text, and where.
    struct Problem: Error, Equatable {
        let position: SourcePosition
        let what: String
        let hint: String

        init(_ position: SourcePosition, _ what: String, _ hint: String) {
            self.position = position
            self.what = what
            self.hint = hint
        }
    }

    /// The bytes, with a comment behind them where they are fewer than Yams needs.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count < smallestText else { return bytes }
        return bytes + [0x0A] + [UInt8](repeating: UInt8(ascii: "#"), count: smallestText)
    }

    /// The one document in a text; nil when there is nothing but comments.
    static func document(of bytes: [UInt8]) throws(Problem) -> Node? {
        guard bytes.count <= largestFile else {
            throw Problem(
                .start, "the file is larger than \(Size.text(largestFile))",
                "such a file is a few kilobytes of text")
        }
        let text = try YAMLText.read(bytes)
        do {
            // Nodes refer to their anchors weakly: the parser owns them and has to stay.
            let parser = try Parser(
                yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
            return try withExtendedLifetime(parser) {
                let root = try parser.singleRoot()
                if let problem = root.flatMap({ problem(in: $0, depth: 0) }) { throw problem }
                return root
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw describe(error)
        }
    }

    private static let tooDeep = (what: "this is nested too deep", hint: "six levels are enough")

    private static func problem(in node: Node, depth: Int) -> Problem? {
        let position = node.position
        guard depth < deepestNesting else {
            return Problem(position, tooDeep.what, tooDeep.hint)
        }
        guard node.anchor == nil else {
            return Problem(
                position, "anchors and aliases are not read", "write the value out each time")
        }
        switch node {
        case .scalar:
            guard node.tag == Tag(.str) else { return tagged(node) }
            return nil
        case .sequence(let sequence):
            guard node.tag == Tag(.seq) else { return tagged(node) }
            for element in sequence {
                if let found = problem(in: element, depth: depth + 1) { return found }
            }
            return nil
        case .mapping(let mapping):
            guard node.tag == Tag(.map) else { return tagged(node) }
            for (key, value) in mapping {
                if let found = problem(in: key, depth: depth + 1) { return found }
                if let found = problem(in: value, depth: depth + 1) { return found }
            }
            return nil
        case .alias:
            return Problem(
                position, "anchors and aliases are not read", "write the value out each time")
        }
    }

    private static func tagged(_ node: Node) -> Problem {
        Problem(node.position, "the tag '\(node.tag)' is not read", "leave the tag out")
    }

    private static func describe(_ error: any Error) -> Problem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem.hasPrefix("Maximum nesting level") {
                return Problem(SourcePosition(mark), tooDeep.what, tooDeep.hint)
            }
            let what = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
            return Problem(
                SourcePosition(mark), "this is not YAML: \(what)", "check indentation and quotes"
            )
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0)
            let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return Problem(
                SourcePosition(line: line, column: column), "this is not YAML: \(problem)",
                "remove the character"
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            return Problem(
                SourcePosition(context.mark), "\(names) is there more than once in one mapping",
                "keep one of them"
            )
        default:
            return Problem(.start, "this is not YAML", "check it with any YAML tool")
        }
    }
}

extension SourcePosition {
    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Node {
    /// Where the node starts. Every parsed node has a mark.
    var position: SourcePosition { mark.map(SourcePosition.init) ?? .start }
}
