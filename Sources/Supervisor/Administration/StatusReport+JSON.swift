extension StatusReport {
    /// One object, its members in an order for readers.
    var json: JSONValue {
        .object(keyed: [
            (CodingKeys.version, .string(version)),
            (.pid, .integer(Int64(pid))),
            (.started, .string(started)),
            (.uptime, .decimal(uptime)),
            (.posture, .string(posture)),
            (.health, .string(health.rawValue)),
            (
                .listeners,
                .array(
                    listeners.map {
                        .object([("name", .string($0.name)), ("address", .string($0.address))])
                    })
            ),
            (
                .jobs,
                .counts([
                    ("running", jobs.running), ("workers", jobs.workers),
                    ("waiting", jobs.waiting), ("queue", jobs.queue),
                ])
            ),
            (.counters, counters.json),
            (.lastChange, lastChange?.json ?? .null),
            (.lastReload, lastReload?.json ?? .null),
            (.policies, .array(policies.map(\.json))),
        ])
    }
}

extension StatusReport.Counters {
    fileprivate var json: JSONValue {
        .object(keyed: [
            (CodingKeys.requests, .integer(Int64(requests))),
            (.clientErrors, .integer(Int64(clientErrors))),
            (.serverErrors, .integer(Int64(serverErrors))),
            (.jobs, .integer(Int64(jobs))),
        ])
    }
}

extension StatusReport.GenerationChange {
    fileprivate var json: JSONValue {
        .object(keyed: [
            (CodingKeys.policy, .string(policy)), (.reason, .string(reason.rawValue)),
            (.at, .string(at)), (.age, .decimal(age)),
        ])
    }
}

extension StatusReport.Reload {
    fileprivate var json: JSONValue {
        .object(keyed: [
            (CodingKeys.outcome, .string(outcome.rawValue)), (.at, .string(at)),
            (.age, .decimal(age)), (.reasons, .array(reasons.map { .string($0) })),
        ])
    }
}

extension StatusReport.Policy {
    fileprivate var json: JSONValue {
        .object(keyed: [
            (CodingKeys.policy, .string(policy)),
            (.sha256, .string(sha256)),
            (.baseSHA256, baseSHA256.map { .string($0) } ?? .null),
            (.programSHA256, .string(programSHA256)),
            (.state, .string(state.rawValue)),
            (.reason, reason.map { .string($0) } ?? .null),
            (.formats, .array(formats.map { .string($0) })),
            (.libvips, libvips.map { .string($0) } ?? .null),
            (.libmagic, libmagic.map { .integer(Int64($0)) } ?? .null),
            (.layersMissing, .array(layersMissing.map { .string($0) })),
            (.generations, .array(generations.map(\.json))),
            (
                .children,
                .counts([
                    ("starting", children.starting), ("warm", children.warm),
                    ("working", children.working), ("ending", children.ending),
                ])
            ),
        ])
    }
}

extension StatusReport.Generation {
    fileprivate var json: JSONValue {
        .object(keyed: [
            (CodingKeys.number, .integer(Int64(number))), (.role, .string(role.rawValue)),
            (.isReady, .bool(isReady)), (.age, .decimal(age)), (.forks, .integer(Int64(forks))),
            (.policySHA256, .string(policySHA256)), (.programSHA256, .string(programSHA256)),
        ])
    }
}

extension JSONValue {
    fileprivate static func object<Key: CodingKey>(keyed members: [(Key, JSONValue)]) -> JSONValue {
        .object(members.map { ($0.0.stringValue, $0.1) })
    }

    fileprivate static func counts(_ members: [(String, Int)]) -> JSONValue {
        .object(members.map { ($0.0, .integer(Int64($0.1))) })
    }
}
