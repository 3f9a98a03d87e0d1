import FoundationEssentials
import Synchronization

/// Makes the ids of records: 12 hex digits of milliseconds since 1970 and 8 that keep them apart, so
/// that they sort by time. Each is larger than the one before, whatever the clock does.
final class CrashID: Sendable {
    private struct Last {
        var milliseconds: UInt64 = 0
        var rest: UInt32 = 0
    }

    private let last = Mutex(Last())

    func next(_ now: Date = Date()) -> String {
        let milliseconds = UInt64(max(0, now.timeIntervalSince1970) * 1_000)
        return last.withLock { last in
            if milliseconds > last.milliseconds {
                last = Last(milliseconds: milliseconds, rest: .random(in: 0...(.max >> 1)))
            } else {
                let (sum, overflow) = last.rest.addingReportingOverflow(.random(in: 1...(1 << 16)))
                last.milliseconds += overflow ? 1 : 0
                last.rest = sum
            }
            return Self.hex(last.milliseconds, 12) + Self.hex(UInt64(last.rest), 8)
        }
    }

    private static func hex(_ number: UInt64, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count))
            + text.suffix(digits)
    }
}
