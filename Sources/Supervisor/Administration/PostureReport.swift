import SandboxPolicy

/// The layers that confine children now, for `GET /cmd/posture`: `posture`, the name that the
/// operator chose, and `policies`, each with its name as `policy`, the hashes of its file (`sha256`),
/// of its base (`base_sha256`, null where it has none) and of its program (`program_sha256`), and a
/// list of `layers`:
///
/// | name | |
/// |---|---|
/// | `layer`, `title` | its stable name, and the one for people |
/// | `state` | `enforced`, `unsupported` or `disabled`; null until a child was ready |
/// | `reason` | what the layer is there for |
/// | `detail` | what there is of it, or why not: a number, see `glovebox doctor` |
struct PostureReport: Sendable {
    let posture: NamedPosture
    let pools: [PoolStatus]

    var json: JSONValue {
        .object([
            ("posture", .string(posture.rawValue)),
            (
                "policies",
                .array(
                    pools.map { pool in
                        .object([
                            ("policy", .string(pool.policy)),
                            ("sha256", .string(pool.identity.sha256)),
                            (
                                "base_sha256",
                                pool.identity.baseSHA256.map { .string($0) } ?? .null
                            ),
                            ("program_sha256", .string(pool.identity.programSHA256)),
                            (
                                "layers",
                                .array(Layer.allCases.map { entry($0, in: pool.posture) })
                            ),
                        ])
                    })
            ),
        ])
    }

    /// A layer that a child did not report is not in force.
    private func entry(_ layer: Layer, in posture: Posture?) -> JSONValue {
        let entry = posture.map { $0[layer] ?? Posture.Entry(layer, .unsupported) }
        return .object([
            ("layer", .string(layer.rawValue)),
            ("title", .string(layer.title)),
            ("state", entry.map { .string($0.state.name) } ?? .null),
            ("reason", .string(layer.reason)),
            ("detail", entry.map { .unsigned(UInt64($0.detail)) } ?? .null),
        ])
    }
}
