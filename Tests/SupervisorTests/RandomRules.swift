import Randomness
import SandboxPolicy

@testable import Supervisor

/// Random rules that libseccomp can express: names that both architectures have, and no pair of
/// rules that contradict each other.
enum RandomRules {
    private static let names = [
        "read", "write", "close", "mmap", "mprotect", "ioctl", "clone", "futex", "prctl",
        "madvise", "openat", "socket", "getrandom", "statx", "cachestat", "futex_wait",
    ]
    private static let actions: [SeccompAction] = [
        .allow, .errno(1), .errno(13), .errno(38), .notify, .killProcess, .trap, .log,
    ]

    static func rules(using random: inout RepeatableRandom) -> SeccompRules {
        let defaults: [SeccompAction] = [.notify, .killProcess, .errno(1), .allow]
        var rules = SeccompRules(
            defaultAction: defaults.randomElement(using: &random) ?? .notify,
            architectures: SeccompArchitecture.allCases, rules: [])
        for _ in 0..<Int.random(in: 1...24, using: &random) {
            let name = names.randomElement(using: &random) ?? "read"
            let isNewer = ["cachestat", "futex_wait"].contains(name)
            let count = isNewer ? 0 : Int.random(in: 0...3, using: &random)
            let indexes = (UInt8(0)..<6).shuffled(using: &random).prefix(count)
            let rule = SyscallRule(
                names: [SyscallRule.Name(name, at: .start)],
                action: actions.randomElement(using: &random) ?? .allow,
                conditions: indexes.sorted().map { condition($0, using: &random) })
            rules.rules.append(rule)
            if !rules.conflicts().isEmpty { rules.rules.removeLast() }
        }
        return rules
    }

    private static func condition(
        _ index: UInt8, using random: inout RepeatableRandom
    ) -> ArgumentCondition {
        let comparison = ArgumentCondition.Comparison.allCases.randomElement(using: &random)
        let value = value(using: &random)
        guard comparison == .maskedEqual else {
            return ArgumentCondition(index: index, comparison ?? .equal, value: value)
        }
        let mask = [0xffff_ffff, UInt64.max, 0xffff_ffff_0000_0000, 0xfffc, value]
            .randomElement(using: &random)
        return ArgumentCondition(
            index: index, .maskedEqual, value: mask ?? .max,
            valueTwo: Self.value(using: &random) & (mask ?? .max))
    }

    /// Few different values, so that rules meet and overlap.
    private static func value(using random: inout RepeatableRandom) -> UInt64 {
        let halves: [UInt64] = [0, 1, 2, 3, 7, 0x8000_0000, 0xffff_ffff, 0xffff_fffe]
        let low = halves.randomElement(using: &random) ?? 0
        let high = Bool.random(using: &random) ? 0 : halves.randomElement(using: &random) ?? 0
        return high << 32 | low
    }
}

extension SeccompCall {
    /// A call that rules are likely to be about: numbers that are in use, arguments around `values`.
    static func random(
        around values: [UInt64], numbers: [UInt32], on architecture: UInt32,
        using random: inout RepeatableRandom
    ) -> SeccompCall {
        let arguments = (0..<6).map { _ in
            var value = values.randomElement(using: &random) ?? 0
            switch UInt32.random(in: 0..<8, using: &random) {
            case 0: value ^= 1 << UInt64.random(in: 0..<64, using: &random)
            case 1: value &+= 1
            case 2: value &-= 1
            case 3: value |= random.next() << 32
            case 4: value = random.next()
            default: break
            }
            return value
        }
        return SeccompCall(
            architecture: architecture, number: numbers.randomElement(using: &random) ?? 0,
            arguments: arguments)
    }
}
