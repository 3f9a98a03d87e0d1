import WireProtocol

/// What a child's signal handler said of a crash. It is the child's word: whoever has taken it over
/// can say the same.
struct CrashReport: Equatable, Sendable {
    /// As the kernel numbers it.
    var signal: UInt32
    /// si_code of sigaction(2).
    var code: Int32
    var isFirstThread: Bool
    /// 0 for a signal that somebody sent.
    var faultAddress: UInt64
    /// Without an address when the handler did not come that far.
    var stack: StackImage

    /// Faults, by their numbers in signal(7), that a child reports before they end it.
    static let reported: Set<Int32> = [4, 5, 7, 8, 11]
}

/// Finds the reports of a crash among what a child prints: a pure value that takes in whatever has
/// come and gives back what is text.
///
/// It holds back no more than the beginning of one report. Of several reports the last one counts: a
/// process that dies has nothing more to say.
struct CrashReportReader: Sendable {
    private(set) var report: CrashReport?
    private var pending: [UInt8] = []

    /// WIRE.md, "A child's report of its crash".
    private enum Part: CaseIterable {
        case registers, frames

        var magic: [UInt8] {
            [0x7f, 0x47, 0x4c, 0x42, 0x58, self == .registers ? 0xc1 : 0xc2, 0x00, 0x01]
        }

        var size: Int {
            switch self {
            case .registers: 8 + 4 + 4 + 8 + 8 + 8 * StackImage.registerCount
            case .frames: 8 + 4 + 4 + 8 * StackImage.mostAddresses
            }
        }
    }

    /// - Returns: what of this, and of what was held back, is text.
    mutating func take(_ bytes: some Collection<UInt8>) -> [UInt8] {
        pending += bytes
        var text: [UInt8] = []
        var index = 0
        while index < pending.count {
            guard let start = pending[index...].firstIndex(of: 0x7f) else {
                text += pending[index...]
                index = pending.count
                break
            }
            text += pending[index..<start]
            index = start
            let rest = pending[start...]
            let candidates = Part.allCases.filter { zip($0.magic, rest).allSatisfy(==) }
            guard let part = candidates.first else {
                text.append(0x7f)
                index += 1
                continue
            }
            // Two whole magic numbers differ, so of a whole one there is one part left.
            guard candidates.count == 1, rest.count >= part.size else { break }
            if note(part, Array(rest.prefix(part.size).dropFirst(part.magic.count))) {
                index += part.size
            } else {
                text.append(0x7f)
                index += 1
            }
        }
        pending.removeFirst(index)
        return text
    }

    /// - Returns: what was held back: the beginning of a report that never came to its end.
    mutating func finish() -> [UInt8] {
        defer { pending = [] }
        return pending
    }

    /// - Returns: whether it is such a part.
    private mutating func note(_ part: Part, _ payload: [UInt8]) -> Bool {
        do throws(WireError) {
            var cursor = PayloadCursor()
            let bytes = payload.span
            switch part {
            case .registers:
                report = try CrashReport(&cursor, bytes)
            case .frames:
                let count = Int(try cursor.u32(in: bytes))
                let truncated = try cursor.u32(in: bytes)
                guard count <= StackImage.mostAddresses, truncated <= 1 else { return false }
                var addresses: [UInt64] = []
                for _ in 0..<count { addresses.append(try cursor.u64(in: bytes)) }
                report?.stack.addresses = addresses
                report?.stack.isTruncated = truncated == 1
            }
            return true
        } catch {
            return false
        }
    }
}

extension CrashReport {
    fileprivate init(_ cursor: inout PayloadCursor, _ bytes: Span<UInt8>) throws(WireError) {
        signal = try cursor.u32(in: bytes)
        guard 1...64 ~= signal else { throw .badValue("signal") }
        code = try cursor.i32(in: bytes)
        let first = try cursor.u64(in: bytes)
        guard first <= 1 else { throw .badValue("thread") }
        isFirstThread = first == 1
        faultAddress = try cursor.u64(in: bytes)
        var registers: [UInt64] = []
        for _ in 0..<StackImage.registerCount { registers.append(try cursor.u64(in: bytes)) }
        stack = StackImage(registers: registers, addresses: [], isTruncated: false)
    }
}
