import RequestSyntax

extension AuditEvent {
    /// Somebody was not let in, at either listener.
    static func refusal(_ problem: Problem, of client: Client) -> AuditEvent {
        let notes = client.notes
        let reason = notes.finding?.reason.map { [(name: "reason", value: JSONValue.string($0))] }
        return AuditEvent(
            .refusedCredential,
            by: notes.key.map { .key($0) } ?? .client(client.shownAddress),
            fields: [("problem", .string(problem.name))] + (reason ?? []) + [
                ("route", .string(notes.route)),
                ("request_id", .string(client.requestID.text)),
                ("address", .string(client.shownAddress)),
            ])
    }
}
