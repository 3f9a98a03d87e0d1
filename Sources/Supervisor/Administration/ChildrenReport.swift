import ImageVocabulary

/// Every child there is, for `GET /cmd/children`: one object with the list `children`, in the order
/// of the policies, each child with
///
/// | name | |
/// |---|---|
/// | `policy`, `id`, `generation` | whose child it is |
/// | `state` | `starting`, `warm`, `working` or `ending` |
/// | `age_seconds` | since it was asked for |
/// | `request_id`, `working_seconds` | the job it works on, and for how long; null without one |
/// | `stage` | how far it is by its own word; null before it said anything |
struct ChildrenReport: Sendable {
    private let pools: [PoolStatus]

    init(_ status: RunnerStatus) { pools = status.pools }

    var json: JSONValue {
        .object([
            (
                "children",
                .array(
                    pools.flatMap { pool in
                        pool.children.map { Self.json($0, of: pool.policy) }
                    })
            )
        ])
    }

    private static func json(_ child: ChildStatus, of policy: String) -> JSONValue {
        .object([
            ("policy", .string(policy)),
            ("id", .unsigned(child.id)),
            ("generation", .integer(Int64(child.generation))),
            ("state", .string(child.state.rawValue)),
            ("age_seconds", .decimal(child.age.inSeconds)),
            ("request_id", child.requestID.map { .string($0) } ?? .null),
            ("working_seconds", child.working.map { .decimal($0.inSeconds) } ?? .null),
            ("stage", child.stage.map { .string($0.name) } ?? .null),
        ])
    }
}
