import ImageVocabulary
import SandboxPolicy
import Yams

/// `x-glovebox.limits`: what one job may cost. What is not written has its standard value, or the
/// base's.
struct LimitsSection: Equatable, Sendable {
    enum Key: String, CaseIterable {
        case inputBytes, outputBytes, width, height, pixels, frames, memory, cpu, threads

        /// What may be written.
        var range: ClosedRange<UInt64> {
            switch self {
            // What a descriptor's offset and a process's address space on 64-bit machines can reach.
            case .inputBytes, .outputBytes: 1...(1 << 46)
            case .width, .height, .frames: 1...UInt64(UInt32.max)
            case .pixels: 1...(1 << 62)
            // Below a mebibyte the C library cannot even start a thread.
            case .memory: (1 << 20)...(1 << 46)
            case .cpu: 1...86_400
            case .threads: 1...1_024
            }
        }
    }

    private(set) var values: [Key: UInt64] = [:]

    static func read(_ node: Node, values: inout StrictValues) -> LimitsSection {
        let fields = values.fields(
            of: node, named: "limits", keys: Key.allCases.map(\.rawValue))
        var section = LimitsSection()
        for key in Key.allCases {
            guard let field = fields[key.rawValue] else { continue }
            values.note("x-glovebox.limits.\(key.rawValue)", field)
            section.values[key] = values.number(field, named: key.rawValue, in: key.range)
        }
        return section
    }

    /// These, and those of a base that are not among these.
    func completed(by base: LimitsSection) -> LimitsSection {
        LimitsSection(values: base.values.merging(values) { $1 })
    }

    /// Every limit.
    var limits: PolicyLimits {
        var limits = PolicyLimits()
        // Each fits: its range was checked when it was read.
        for (key, value) in values {
            switch key {
            case .inputBytes: limits.job.inputBytes = value
            case .outputBytes: limits.job.outputBytes = value
            case .width: limits.job.width = UInt32(value)
            case .height: limits.job.height = UInt32(value)
            case .pixels: limits.job.pixels = value
            case .frames: limits.job.frames = UInt32(value)
            case .memory: limits.memory = value
            case .cpu: limits.cpuSeconds = UInt32(value)
            case .threads: limits.threads = UInt32(value)
            }
        }
        return limits
    }
}
