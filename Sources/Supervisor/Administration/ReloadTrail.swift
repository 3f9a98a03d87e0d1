/// What the audit log is told of a reload.
enum ReloadTrail {
    /// - Parameters:
    ///   - old: the policies that were served before.
    ///   - new: those that are served now.
    ///   - actors: all who asked for it.
    static func record(
        _ outcome: ReloadOutcome, _ old: [PolicyIdentity], _ new: [PolicyIdentity],
        by actors: [AuditEvent.Actor], in audit: any AuditTrail
    ) {
        let actor = actors.first ?? .service
        var fields: [(name: String, value: JSONValue)] = [
            ("outcome", .string(outcome.name.rawValue))
        ]
        switch outcome {
        case .applied(let changed): fields.append(("changed", .names(changed)))
        case .refused(let reasons): fields.append(("reasons", .names(reasons)))
        }
        if actors.count > 1 { fields.append(("also_by", .names(actors.dropFirst().map(\.text)))) }
        audit.record(AuditEvent(.reloaded, by: actor, fields: fields))
        for name in Set((old + new).map(\.name)).sorted() {
            let (before, after) = (
                old.first { $0.name == name }, new.first { $0.name == name }
            )
            guard before != after else { continue }
            audit.record(
                AuditEvent(
                    .policyChanged, by: actor, on: name,
                    fields: [("old", Self.hashes(before)), ("new", Self.hashes(after))]))
        }
    }

    /// null where there is none.
    static func hashes(_ policy: PolicyIdentity?) -> JSONValue {
        guard let policy else { return .null }
        var members: [(String, JSONValue)] = [("sha256", .string(policy.sha256))]
        if let base = policy.baseSHA256 { members.append(("base_sha256", .string(base))) }
        members.append(("program_sha256", .string(policy.programSHA256)))
        return .object(members)
    }
}
