import RequestSyntax
import SandboxPolicy
import Yams

/// A mapping, in YAML or in JSON, whose members are all known and are texts or lists of texts.
struct StrictMembers {
    private var members: [String: (texts: [String], position: SourcePosition)] = [:]
    /// Where the mapping begins.
    let position: SourcePosition

    /// - Parameters:
    ///   - node: of ``StrictYAML``, which has refused what is there twice.
    ///   - known: the names that may be there.
    init(_ node: Node, known: [String]) throws(StrictYAML.Problem) {
        position = node.position
        guard case .mapping(let mapping) = node else {
            throw StrictYAML.Problem(
                position, "this is no list of members", "write members such as 'name: shop'")
        }
        for (keyNode, value) in mapping {
            guard case .scalar(let scalar) = keyNode, known.contains(scalar.string) else {
                let word = keyNode.scalar?.string ?? ""
                let near = NearestName.of(word, among: known)
                throw StrictYAML.Problem(
                    keyNode.position,
                    "there is no member \(ConfigurationProblem.quoted(word))",
                    near.map { "write '\($0)'" }
                        ?? "write one of \(known.joined(separator: ", "))")
            }
            members[scalar.string] = (try Self.texts(value, of: scalar.string), value.position)
        }
    }

    /// The texts of a member; nil where it is not there.
    subscript(_ name: String) -> [String]? { members[name]?.texts }

    /// Where a member's value stands.
    func position(of name: String) -> SourcePosition { members[name]?.position ?? position }

    private static func texts(
        _ node: Node, of name: String
    ) throws(StrictYAML.Problem) -> [String] {
        let parts =
            switch node {
            case .sequence(let sequence): Array(sequence)
            default: [node]
            }
        // No scopes would be the usual ones, and no networks would be all.
        guard !parts.isEmpty else {
            throw StrictYAML.Problem(
                node.position, "'\(name)' is an empty list",
                "write a value, or leave the member out")
        }
        var texts: [String] = []
        for part in parts {
            guard case .scalar(let scalar) = part, !scalar.string.isEmpty,
                scalar.style != .plain || !["~", "null"].contains(scalar.string)
            else {
                throw StrictYAML.Problem(
                    part.position, "'\(name)' has no value here",
                    "write a value, or leave the member out")
            }
            texts.append(scalar.string)
        }
        return texts
    }
}

extension StrictMembers {
    /// What a key is to permit.
    ///
    /// - Parameter now: see ``KeyTerms/init(_:now:)``.
    func terms(now: Int64?) throws(StrictYAML.Problem) -> KeyTerms {
        var texts: [KeyTerms.Field: [String]] = [:]
        for field in KeyTerms.Field.allCases { texts[field] = self[field.rawValue] }
        do throws(KeyTerms.Failure) {
            return try KeyTerms(texts, now: now)
        } catch {
            throw StrictYAML.Problem(
                position(of: error.field.rawValue), "\(error.field.rawValue): \(error.what)",
                String(error.advice.dropLast()))
        }
    }
}
