import CSeccomp
import SandboxPolicy

/// What a program for one architecture has to be made of: rules by number, without those that change
/// nothing.
///
/// libseccomp translates a rule for another architecture by the call's name, so it has to know the
/// name on both. A call that it does not know is answered before its own program begins, which it
/// can be where the rule has no conditions. For the machine's own architecture a number is enough.
struct FilterPlan {
    struct Entry {
        var name: SyscallRule.Name
        /// The number on the program's architecture.
        var number: UInt32
        /// The number or pseudo number on this machine; nil when libseccomp cannot translate.
        var libraryNumber: Int32?
        var rule: SyscallRule
    }

    /// What libseccomp is told, in the order of the file.
    private(set) var entries: [Entry] = []
    /// Calls that are answered ahead of its program, none of them with conditions.
    private(set) var ahead: [Entry] = []

    /// - Throws: the entry that has conditions and that libseccomp cannot translate.
    init(
        _ rules: SeccompRules, for architecture: SeccompArchitecture
    ) throws(Untranslatable) {
        var all: [Entry] = []
        for rule in rules.rules where rule.action != rules.defaultAction {
            for name in rule.names {
                // A call that the architecture lacks needs no rule there.
                guard case .number(let number) = SyscallNames.lookup(name.text, on: architecture)
                else { continue }
                all.append(
                    Entry(
                        name: name, number: UInt32(number),
                        libraryNumber: Self.libraryNumber(name.text, number, on: architecture),
                        rule: rule))
            }
        }
        let decided = Set(all.filter { $0.rule.conditions.isEmpty }.map(\.number))
        for entry in all {
            // A rule without conditions decides alone.
            if !entry.rule.conditions.isEmpty && decided.contains(entry.number) { continue }
            let others = entry.libraryNumber == nil ? ahead : entries
            let isRepeated = others.contains {
                $0.number == entry.number && $0.rule.action == entry.rule.action
                    && $0.rule.conditions == entry.rule.conditions
            }
            if isRepeated { continue }
            if entry.libraryNumber != nil {
                entries.append(entry)
            } else if entry.rule.conditions.isEmpty {
                ahead.append(entry)
            } else {
                throw Untranslatable(name: entry.name)
            }
        }
    }

    /// A rule with conditions for a call that libseccomp does not know on another architecture.
    struct Untranslatable: Error {
        var name: SyscallRule.Name
    }

    private static func libraryNumber(
        _ name: String, _ number: Int32, on architecture: SeccompArchitecture
    ) -> Int32? {
        if architecture == .native { return number }
        // The pointers are to the string's own bytes with a NUL behind them, for the calls only.
        let native = unsafe seccomp_syscall_resolve_name(name)
        let other = unsafe seccomp_syscall_resolve_name_arch(architecture.auditValue, name)
        // -1 is its answer for a name that it does not know; other negative numbers are its own.
        return native != -1 && other == number ? native : nil
    }

    /// The instructions that answer the calls ``ahead``: for its architecture alone, and with every
    /// other call handed on to what follows.
    func prefix(for architecture: SeccompArchitecture) -> [FilterInstruction] {
        guard !ahead.isEmpty else { return [] }
        var program = [
            FilterInstruction(code: 0x20, operand: 4),
            FilterInstruction(code: 0x15, jumpTrue: 1, operand: architecture.auditValue),
            FilterInstruction(code: 0x05, operand: UInt32(1 + 2 * ahead.count)),
            FilterInstruction(code: 0x20, operand: 0),
        ]
        for entry in ahead {
            program.append(FilterInstruction(code: 0x15, jumpFalse: 1, operand: entry.number))
            program.append(FilterInstruction(code: 0x06, operand: entry.rule.action.returnValue))
        }
        return program
    }
}
