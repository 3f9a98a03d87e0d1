import Glibc
import TestSupport
import Testing

/// What tests of slots and of shared jobs wait for.
extension OperatedService {
    /// Holds up the children that wait, does `work`, and lets them go on.
    @discardableResult
    func holdingUp<Value>(
        _ work: (_ goOn: () -> Void) async throws -> Value
    ) async throws -> Value {
        try await settled()
        try await eventually("the children are confined") {
            try await states().allSatisfy { $0 == "warm" }
        }
        let children = service.children.map(\.id)
        for child in children { kill(child, SIGSTOP) }
        let goOn = { for child in children { kill(child, SIGCONT) } }
        defer { goOn() }
        return try await work(goOn)
    }

    /// The states of all children.
    func states() async throws -> [String] {
        try await get("/cmd/children").json["children"].elements.compactMap { $0["state"].text }
    }

    /// Waits until so many children have a job.
    func working(_ count: Int) async throws {
        try await eventually("\(count) children work") {
            try await states().count { $0 == "working" } == count
        }
    }

    /// Waits until so many requests have joined others.
    func coalesced(_ count: Int) async throws {
        try await eventually("\(count) requests have joined others") {
            try await number("glovebox_jobs_coalesced_total") == count
        }
    }

    /// Children that have ended so.
    func ended(_ name: String) async throws -> Int {
        try await number("glovebox_children_ended_total", "class=\"\(name)\"")
    }

    /// The sum of the series of a metric that have a label.
    func number(_ metric: String, _ label: String = " ") async throws -> Int {
        try await get("/metrics").text.split(separator: "\n")
            .filter { $0.hasPrefix(metric) && $0.contains(label) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0) { $0 + Int($1) }
    }
}
