/// Something that did not come about in time.
public struct TimedOut: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds, looking again and again.
///
/// - Throws: ``TimedOut`` when it does not hold in time; the time is a bound for broken code, so it
///   is generous.
public func eventually(
    _ what: String, within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw TimedOut(description: "still not so after \(limit): \(what)")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Does `work`, and cancels it when it takes longer than it ever should.
public func within<Value: Sendable>(
    _ limit: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw TimedOut(description: "took longer than \(limit): \(what)")
        }
        return value
    }
}
