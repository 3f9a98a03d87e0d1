import ImageVocabulary
import SandboxPolicy

/// Limits with which no image comes through, and those that give a child more than it uses.
enum LimitCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        guard let glovebox = subject.document.glovebox else { return [] }
        return own(glovebox, subject)
            + subject.document.resourceLimits.flatMap {
                standing($0, subject)
            }
    }

    private static func own(
        _ glovebox: GloveboxSection, _ subject: LintSubject
    ) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        func warn(_ key: String, _ what: String, _ hint: String) {
            found.append(
                subject.diagnostic(
                    .warning, .unfitLimit, at: subject.place(of: "x-glovebox.limits.\(key)"), what,
                    hint))
        }
        let limits = glovebox.limits
        if limits.memory < leastMemory {
            warn(
                "memory", "\(limits.memory) bytes of memory are too few for a decoder",
                "write at least \(leastMemory), which is \(leastMemory >> 20) MiB")
        }
        if limits.threads < 2 {
            warn(
                "threads", "libvips makes a thread for every image, and none is left for it",
                "write at least 2, or 16 as in policies/raster.yaml")
        }
        for (key, value, least) in [
            ("inputBytes", limits.job.inputBytes, leastBytes),
            ("outputBytes", limits.job.outputBytes, leastBytes),
            ("width", UInt64(limits.job.width), leastSide),
            ("height", UInt64(limits.job.height), leastSide),
            ("pixels", limits.job.pixels, leastSide * leastSide),
        ] where value < least {
            warn(
                key, "\(value) turns away nearly every image", "write at least \(least)")
        }
        let sides = UInt64(limits.job.width).multipliedReportingOverflow(
            by: UInt64(limits.job.height))
        if !sides.overflow, limits.job.pixels > sides.partialValue {
            warn(
                "pixels",
                "no image of \(limits.job.width) × \(limits.job.height) has so many pixels",
                "write at most \(sides.partialValue), or a larger width or height")
        }
        return found
    }

    /// What decodes a small image of any format, with the stack of a thread or two.
    static let leastMemory: UInt64 = 32 << 20

    /// A favicon has a few hundred bytes and 16 pixels a side.
    private static let leastBytes: UInt64 = 1_024
    private static let leastSide: UInt64 = 16

    private static func standing(
        _ limit: ResourceLimit, _ subject: LintSubject
    ) -> [PolicyDiagnostic] {
        guard let flaw = flaw(of: limit) else { return [] }
        return [
            subject.diagnostic(
                .warning, .unfitLimit, at: subject.place(of: "process.rlimits.\(limit.kind.name)"),
                "\(limit.kind.name) \(limit.hard): \(flaw.what)", flaw.hint)
        ]
    }

    private static func flaw(of limit: ResourceLimit) -> (what: String, hint: String)? {
        switch limit.kind {
        case .openFiles where limit.soft < 7:
            ("a child has six descriptors and for a moment the filter's listener", "write 7")
        case .openFiles where limit.hard > 64:
            ("a child has six descriptors and opens no other", "write 7")
        case .fileSize where limit.hard > 0: ("a child writes no file", "write 0")
        case .core where limit.hard > 0:
            ("a core file has the image in it, and whatever else the process held", "write 0")
        case .lockedMemory where limit.hard > 0: ("no decoder locks memory", "write 0")
        case .messageQueues where limit.hard > 0: ("no decoder has message queues", "write 0")
        case .nice where limit.hard > 0, .realTimePriority where limit.hard > 0:
            ("a child would come before what the machine runs beside it", "write 0")
        case .stack where limit.soft < 256 << 10:
            ("decoders keep larger tables on their stacks", "write 8388608")
        case .pendingSignals where limit.hard > 1_024: ("no decoder queues signals", "write 16")
        default: nil
        }
    }
}
