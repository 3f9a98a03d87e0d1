import Logging
import NIOCore
import NIOPosix

/// Answers what operators ask of the running service about crashes, in JSON. Answers are read and
/// written on the record store's own thread, and not on one that serves images.
struct CrashDesk: Sendable {
    private let records: RecordStore?
    private let quarantine: Quarantine?
    private let killers: KillerWatch?
    private let logger: Logger?

    /// Most lines of one answer: some megabytes. Who wants more asks for what is next to them.
    static let mostLines = 500

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

    func list(_ filter: CrashFilter) async throws(Problem) -> ByteBuffer {
        var filter = filter
        filter.limit = min(filter.limit ?? Self.mostLines, Self.mostLines)
        return try await read { [filter] log in
            CrashAnswer.bytes(try log.lines(filter, .answer))
        }
    }

    /// The record whose id begins with some digits.
    func record(_ id: String) async throws(Problem) -> ByteBuffer {
        var filter = CrashFilter.all
        filter.id = id.lowercased()
        filter.limit = 2
        return try await read { [filter] log in
            let found = try log.lines(filter).found
            guard let line = found.last else { throw Problem.notFound }
            guard found.count == 1 else {
                throw Problem.malformedRequest(
                    "More than one id begins with this. Write more digits.")
            }
            return line + [UInt8(ascii: "\n")]
        }
    }

    func stats(_ filter: CrashFilter) async throws(Problem) -> ByteBuffer {
        try await read { Self.json(try $0.stats(filter)) }
    }

    func inputs() async throws(Problem) -> ByteBuffer {
        guard let quarantine else {
            return ByteBuffer(bytes: Self.json(QuarantinedInput.Answer(inputs: [])))
        }
        return try await read { _ in
            let inputs = quarantine.entries().map { QuarantinedInput($0.entry) }
            return Self.json(QuarantinedInput.Answer(inputs: inputs))
        }
    }

    /// Removes records, quarantined inputs, and what is remembered of inputs that killed children.
    func purge(
        _ order: CrashPurge.Order, _ actor: AuditEvent.Actor, _ audit: any AuditTrail
    ) async throws(Problem) -> ByteBuffer {
        let subject = order.input.map { "input:\($0)" }
        return try await remove(order) { fields in
            audit.record(
                AuditEvent(
                    .crashesPurged, by: actor, on: subject, fields: order.auditFields + fields))
        }
    }

    /// The same of what belongs to somebody or something.
    func forget(
        _ order: ForgetOrder, _ actor: AuditEvent.Actor, _ audit: any AuditTrail
    ) async throws(Problem) -> ByteBuffer {
        // What else is kept of requests belongs here, and into what the command does by itself.
        try await remove(CrashPurge.Order(order)) { fields in
            guard !order.isTrial else { return }
            audit.record(AuditEvent(.forgotten, by: actor, on: order.subject, fields: fields))
        }
    }

    /// - Parameter note: is told what was removed, or that it has failed: some of it may be gone then.
    private func remove(
        _ order: CrashPurge.Order, note: ([(name: String, value: JSONValue)]) -> Void
    ) async throws(Problem) -> ByteBuffer {
        guard let records else { throw .notFound }
        let result: CrashPurge.Result
        do {
            result = try await remove(order, records)
        } catch {
            logger?.error("the crash log cannot be changed", metadata: ["reason": "\(error)"])
            note(CrashPurge.Result.failed)
            throw .unavailable
        }
        note(result.auditFields)
        if !order.isTrial { forget(order, result) }
        return ByteBuffer(bytes: Self.json(result))
    }

    private func remove(
        _ order: CrashPurge.Order, _ records: RecordStore
    ) async throws -> CrashPurge.Result {
        guard let quarantine else { return try await records.purge(order) }
        // Only records tell which inputs are meant: those go last, so that what was broken off can
        // be done again.
        let hashes = order.isOfRequests ? try await records.purge(order.trial).hashes : []
        let inputs = try await NIOThreadPool.singleton.runIfActive {
            try quarantine.purge(order, hashes)
        }
        var result = try await records.purge(order)
        // Of requests that came meanwhile.
        let late = result.hashes.subtracting(hashes)
        let lateInputs =
            late.isEmpty
            ? 0
            : try await NIOThreadPool.singleton.runIfActive { try quarantine.purge(order, late) }
        result.inputs = inputs + lateInputs
        return result
    }

    private func forget(_ order: CrashPurge.Order, _ result: CrashPurge.Result) {
        if order.isOfRequests {
            for hash in result.hashes { killers?.forget(hash) }
        } else if order.before == nil {
            killers?.forget(order.input)
        }
        logger?.notice(
            "crash records removed",
            metadata: [
                "crashes": .stringConvertible(result.crashes),
                "inputs": .stringConvertible(result.inputs),
            ])
    }

    private func read(
        _ work: @escaping @Sendable (CrashLog) throws -> [UInt8]
    ) async throws(Problem) -> ByteBuffer {
        guard let records else { throw .notFound }
        do {
            return try await records.read { ByteBuffer(bytes: try work($0)) }
        } catch let problem as Problem {
            throw problem
        } catch is OneReader.Busy {
            throw .unavailable
        } catch {
            logger?.error("the crash log cannot be read", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        // Only numbers, texts and lists of them: there is nothing that cannot be encoded.
        Array(((try? OrderedJSON.value(of: value).text) ?? "null").utf8) + [UInt8(ascii: "\n")]
    }
}
