import ImageVocabulary
import SandboxPolicy

/// What differs between two policies outside their programs.
struct PolicySurroundings {
    /// One setting that is not the same in both, as text.
    struct Difference: Equatable {
        var what: String
        var direction: FilterComparison.Direction
        var one: String
        var other: String
    }

    private(set) var differences: [Difference] = []

    /// Where one of the two has no `x-glovebox` nothing under it is compared.
    init(_ one: PolicyDocument, _ other: PolicyDocument) {
        if let own = one.glovebox, let others = other.glovebox {
            compareSets(
                "formats", own.formats.map(\.name), others.formats.map(\.name), widerWith: .more)
            compareSets(
                "formats beside them", own.also.map(\.name), others.also.map(\.name),
                widerWith: .more)
            if own.root != others.root {
                add(
                    "root", others.root == .empty ? .narrower : .wider, own.root.name,
                    others.root.name)
            }
            compareSets(
                "required layers", own.requiredLayers.map(\.rawValue),
                others.requiredLayers.map(\.rawValue), widerWith: .fewer)
            for (left, right) in zip(own.limits.named, others.limits.named)
            where left.value != right.value {
                add(
                    left.name, left.value < right.value ? .wider : .narrower, "\(left.value)",
                    "\(right.value)")
            }
        }
        for kind in ResourceLimit.Kind.allCases {
            compare(
                kind, one.resourceLimits.first { $0.kind == kind },
                other.resourceLimits.first { $0.kind == kind })
        }
    }

    private enum WiderWith { case more, fewer }

    private mutating func compareSets(
        _ what: String, _ one: [String], _ other: [String], widerWith: WiderWith
    ) {
        let isLarger = other.contains { !one.contains($0) }
        let isSmaller = one.contains { !other.contains($0) }
        guard isLarger || isSmaller else { return }
        let isWider = widerWith == .more ? isLarger : isSmaller
        add(
            what, isWider ? .wider : .narrower, one.joined(separator: ", "),
            other.joined(separator: ", "))
    }

    /// A limit that is not set is none.
    private mutating func compare(
        _ kind: ResourceLimit.Kind, _ one: ResourceLimit?, _ other: ResourceLimit?
    ) {
        guard one != other else { return }
        let (soft, hard) = (one?.soft ?? .max, one?.hard ?? .max)
        let isWider = other?.soft ?? .max > soft || other?.hard ?? .max > hard
        add(
            kind.name, isWider ? .wider : .narrower,
            one.map { "\($0.soft) to \($0.hard)" } ?? "none",
            other.map { "\($0.soft) to \($0.hard)" } ?? "none")
    }

    private mutating func add(
        _ what: String, _ direction: FilterComparison.Direction, _ one: String, _ other: String
    ) {
        differences.append(
            Difference(what: what, direction: direction, one: one, other: other))
    }
}
