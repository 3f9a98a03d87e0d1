extension ReloadTrail {
    /// A line for each key of the configuration that a reload has changed.
    ///
    /// - Parameters:
    ///   - old: those that were declared before.
    ///   - new: those that are declared now.
    static func record(
        _ old: [KeyRing.Entry], _ new: [KeyRing.Entry], by actor: AuditEvent.Actor,
        in audit: any AuditTrail
    ) {
        for id in Set((old + new).map(\.key.id)).sorted() {
            let before = old.first { $0.key.id == id }
            let after = new.first { $0.key.id == id }
            guard before != after else { continue }
            let action: AuditEvent.Action =
                if before == nil {
                    .keyDeclared
                } else {
                    after == nil ? .keyUndeclared : .keyChanged
                }
            var fields = (after ?? before).map { $0.key.auditFields } ?? []
            if let before, let after {
                fields.append(("new_hash", .bool(before.code != after.code)))
            }
            audit.record(AuditEvent(action, by: actor, on: id, fields: fields))
        }
    }
}

extension APIKey {
    /// What it permits, for the audit log.
    var auditFields: [(name: String, value: JSONValue)] {
        KeyTerms(self).members.map { (name: $0.0, value: $0.1) }
    }
}
