import SandboxPolicy
import TestSupport
import Testing

@testable import Supervisor

/// What the kernel does with calls under a program, asked by Tests/FilterProbe.
enum FilterProbe {
    /// How a call is made.
    enum Manner: UInt32 {
        case native = 0
        /// A 32-bit call of x86, which another architecture's number is seen as.
        case i386 = 1
    }

    /// What the kernel did, as far as it shows without carrying the call out.
    enum Verdict: Equatable, CustomStringConvertible {
        /// allow, log, or trace, which without a tracer all look alike.
        case passed
        case errno(UInt32)
        case notified
        /// SIGSYS with the program's data.
        case trapped
        case killed
        /// This kernel has no 32-bit calls.
        case noSuchManner
        /// The kernel did not ask the program.
        case carriedOut

        init?(kind: UInt32, data: UInt32) {
            switch kind {
            case 1: self = .passed
            case 2: self = .errno(data)
            case 3: self = .notified
            case 4: self = .trapped
            case 5: self = .killed
            case 6: self = .noSuchManner
            case 7: self = .carriedOut
            default: return nil
            }
        }

        /// What should be seen of an answer.
        init(_ returnValue: UInt32) {
            self =
                switch SeccompAction(returnValue: returnValue) {
                case .allow, .log, .trace: .passed
                case .errno(let code): .errno(UInt32(code))
                case .notify: .notified
                case .trap: .trapped
                case .killThread, .killProcess, nil: .killed
                }
        }

        var description: String {
            switch self {
            case .passed: "passed"
            case .errno(let code): "errno \(code)"
            case .notified: "notified"
            case .trapped: "trapped"
            case .killed: "killed"
            case .noSuchManner: "no such manner"
            case .carriedOut: "carried out"
            }
        }
    }

    /// The verdict on each call, in their order.
    static func ask(
        _ filter: CompiledFilter, about calls: [SeccompCall], manner: Manner = .native,
        as identity: Identity
    ) async throws -> [Verdict] {
        let workspace = try Workspace()
        defer { workspace.remove() }
        var request: [UInt8] = []
        append(UInt32(filter.instructions.count), to: &request)
        append(UInt32(calls.count), to: &request)
        request += filter.encodedBytes
        for call in calls {
            append(call.number, to: &request)
            append(manner.rawValue, to: &request)
            for argument in call.arguments { append(argument, to: &request) }
        }
        let (program, arguments) = identity.command(try workspace.program(.filterProbe), [])
        let probe = try RunningProgram(program, arguments, input: request)
        let output = await probe.allOutput
        let end = try await within(.seconds(120), "the probe") { await probe.end }
        await probe.errors.finished()
        try #require(end == .status(0), "\(probe.errors.lines)")
        try #require(output.count == calls.count * 8)
        return try stride(from: 0, to: output.count, by: 8).map { place in
            let words = [place, place + 4].map { start in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(output[start + $1]) << UInt32(8 * $1) }
            }
            return try #require(Verdict(kind: words[0], data: words[1]))
        }
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
