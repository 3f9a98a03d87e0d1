import FoundationEssentials
import Logging
import NIOPosix

/// Answers what operators ask of the running service about crashes.
struct CrashDesk: Sendable {
    private let records: RecordStore?
    private let quarantine: Quarantine?
    private let killers: KillerWatch?
    private let logger: Logger?

    /// Most entries of one answer: some tens of megabytes.
    private static let mostEntries = 10_000

    /// - Parameters:
    ///   - records: nil where there is no state directory.
    ///   - quarantine: nil where it is off.
    init(
        records: RecordStore? = nil, quarantine: Quarantine? = nil, killers: KillerWatch? = nil,
        logger: Logger? = nil
    ) {
        self.records = records
        self.quarantine = quarantine
        self.killers = killers
        self.logger = logger
    }

    func list(_ filter: CrashFilter) async throws(Problem) -> JSONValue {
        var filter = filter
        filter.limit = min(filter.limit ?? Self.mostEntries, Self.mostEntries)
        let reading = try await read { [filter] in try $0.entries(filter) }
        return Self.json(
            CrashAnswer(
                crashes: reading.found, isCut: reading.isCut, warnings: reading.warnings))
    }

    /// The record whose id begins with some digits.
    func record(_ id: String) async throws(Problem) -> JSONValue {
        var filter = CrashFilter.all
        filter.id = id.lowercased()
        filter.limit = 2
        let reading = try await read { [filter] in try $0.entries(filter) }
        guard let found = reading.found.last else { throw .notFound }
        guard reading.found.count == 1 else {
            throw .malformedRequest("More than one id begins with this. Write more digits.")
        }
        return Self.json(found)
    }

    func stats(_ filter: CrashFilter) async throws(Problem) -> JSONValue {
        let reading = try await read { try $0.heads(filter) }
        return Self.json(CrashStats(reading, filter))
    }

    func inputs() async throws(Problem) -> JSONValue {
        guard let quarantine else { return Self.json(QuarantinedInput.Answer(inputs: [])) }
        let entries = try? await NIOThreadPool.singleton.runIfActive { quarantine.entries() }
        return Self.json(
            QuarantinedInput.Answer(inputs: (entries ?? []).map { QuarantinedInput($0.entry) }))
    }

    /// Removes records, quarantined inputs, and what is remembered of inputs that killed children.
    func purge(_ order: CrashPurge.Order) async throws(Problem) -> JSONValue {
        guard let records else { throw .notFound }
        var result = CrashPurge.Result()
        do {
            result.crashes = try await records.purge(order.filter)
            if let quarantine {
                result.inputs = try await NIOThreadPool.singleton.runIfActive {
                    quarantine.purge(order.input, before: order.before)
                }
            }
        } catch {
            logger?.error("the crash log cannot be changed", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
        if order.before == nil { killers?.forget(order.input) }
        logger?.notice(
            "crash records removed",
            metadata: [
                "crashes": .stringConvertible(result.crashes),
                "inputs": .stringConvertible(result.inputs),
            ])
        return Self.json(result)
    }

    private func read<Element>(
        _ work: @escaping @Sendable (any CrashSource) throws -> CrashReading<Element>
    ) async throws(Problem) -> CrashReading<Element> {
        guard let records else { throw .notFound }
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work(records.log) }
        } catch {
            logger?.error("the crash log cannot be read", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
    }

    private static func json(_ value: some Encodable) -> JSONValue {
        // Only numbers, texts and lists of them: there is nothing that cannot be encoded.
        (try? OrderedJSON.value(of: value)) ?? .null
    }
}
