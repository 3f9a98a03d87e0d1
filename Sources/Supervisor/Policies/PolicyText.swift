import SandboxPolicy
import Yams

/// From the bytes of a policy file to a tree of YAML nodes with positions, and no further.
///
/// What YAML has beyond JSON and comments is refused: aliases would let a small file describe an
/// enormous one, tags would let it choose types, a second document would be a second policy.
enum PolicyText {
    /// Largest file, in bytes.
    static let largestFile = 1 << 20
    /// Deepest nesting of mappings and sequences.
    static let deepestNesting = 32
    /// Yams reads a string that Swift stores inline (up to 15 bytes) after its storage is gone, and
    /// no policy is that short.
    private static let smallestFile = 16

    static func root(of bytes: [UInt8], file: String) throws(PolicyError) -> Node {
        func refuse(
            at position: SourcePosition = .start, _ what: String, _ hint: String
        ) -> PolicyError {
            PolicyError(
                diagnostics: [PolicyDiagnostic(file: file, at: position, what: what, hint: hint)])
        }
        guard bytes.count <= largestFile else {
            throw refuse("the file is larger than 1 MiB", "a policy is a few kilobytes of text")
        }
        guard bytes.count >= smallestFile else {
            throw refuse("the file holds no policy", "start from policies/raster.yaml")
        }
        let text: String
        do {
            text = String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            throw refuse(
                at: position(ofByte: error.byteOffsets.lowerBound, in: bytes),
                "the file is not UTF-8 text here", "save it as UTF-8")
        }
        do {
            // Nodes refer to their anchors weakly: the parser owns them and has to stay.
            let parser = try Parser(
                yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    throw refuse("the file holds no policy", "start from policies/raster.yaml")
                }
                if let problem = problem(in: root, depth: 0) {
                    throw refuse(at: problem.position, problem.what, problem.hint)
                }
                return root
            }
        } catch let error as PolicyError {
            throw error
        } catch {
            let problem = describe(error)
            throw refuse(at: problem.position, problem.what, problem.hint)
        }
    }

    private typealias Problem = (position: SourcePosition, what: String, hint: String)

    private static func problem(in node: Node, depth: Int) -> Problem? {
        let position = node.position
        guard depth < deepestNesting else {
            return (position, "this is nested too deep", "a policy needs six levels")
        }
        guard node.anchor == nil else {
            return (position, "anchors and aliases are not read", "write the value out each time")
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
            return (position, "anchors and aliases are not read", "write the value out each time")
        }
    }

    private static func tagged(_ node: Node) -> Problem {
        (node.position, "the tag '\(node.tag)' is not read", "leave the tag out")
    }

    private static func describe(_ error: any Error) -> Problem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let what = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
            return (
                SourcePosition(mark), "this is not YAML: \(what)", "check indentation and quotes"
            )
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0)
            let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return (
                SourcePosition(line: line, column: column), "this is not YAML: \(problem)",
                "remove the character"
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            return (
                SourcePosition(context.mark), "\(names) is there more than once in one mapping",
                "keep one of them"
            )
        default:
            return (.start, "this is not YAML", "check it with any YAML tool")
        }
    }

    private static func position(ofByte offset: Int, in bytes: [UInt8]) -> SourcePosition {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lastLine = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
        // Bytes 10xxxxxx continue a character, all others start one.
        return SourcePosition(line: line, column: lastLine.count { $0 & 0xc0 != 0x80 } + 1)
    }
}

extension SourcePosition {
    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Node {
    /// Where the node starts. Every parsed node has a mark.
    var position: SourcePosition { mark.map(SourcePosition.init) ?? .start }
}
