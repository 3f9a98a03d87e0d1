import SandboxPolicy

/// A condition of a rule as people say it: "protection is at most PROT_READ|PROT_WRITE".
struct ConditionText: Sendable {
    let condition: ArgumentCondition
    /// The argument it compares; nil where the call, or what it does with this one, is not known.
    private let argument: SyscallArgument?
    private let label: String
    private let architecture: SeccompArchitecture

    init(
        _ condition: ArgumentCondition, of call: SyscallEntry?,
        on architecture: SeccompArchitecture = .native ?? .amd64
    ) {
        self.condition = condition
        self.architecture = architecture
        let index = Int(condition.index)
        let arguments = call?.arguments ?? []
        argument = arguments.indices.contains(index) ? arguments[index] : nil
        guard let argument else {
            label = "argument \(condition.index)"
            return
        }
        let isAlone = arguments.filter { $0.kind.label == argument.kind.label }.count == 1
        label = isAlone ? argument.kind.label ?? argument.name : argument.name
    }

    /// All conditions of a rule, "any arguments" without one.
    static func text(
        _ conditions: [ArgumentCondition], of call: SyscallEntry?,
        on architecture: SeccompArchitecture = .native ?? .amd64
    ) -> String {
        if conditions.isEmpty { return "any arguments" }
        return conditions.map { ConditionText($0, of: call, on: architecture).text }
            .joined(separator: "; ")
    }

    /// The comparison as a filter makes it: `arg2 & 0xfffffffc == 0x0`.
    var raw: String {
        func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
        let (name, value) = ("arg\(condition.index)", hex(condition.value))
        return switch condition.comparison {
        case .notEqual: "\(name) != \(value)"
        case .less: "\(name) < \(value)"
        case .lessOrEqual: "\(name) <= \(value)"
        case .equal: "\(name) == \(value)"
        case .greaterOrEqual: "\(name) >= \(value)"
        case .greater: "\(name) > \(value)"
        case .maskedEqual: "\(name) & \(value) == \(hex(condition.valueTwo))"
        }
    }

    var text: String {
        let verb = label == "flags" ? "are" : "is"
        guard let kind = argument?.kind else { return "\(label): \(raw)" }
        let value = condition.value
        let isFlags = names?.isFlags == true
        switch condition.comparison {
        case .equal:
            return
                "\(label) \(verb) \(isFlags ? "exactly " : "")\(kind.text(value, on: architecture))"
        case .notEqual:
            return "\(label) \(verb) not \(isFlags ? "exactly " : "")"
                + kind.text(value, on: architecture)
        case .less: return "\(label) \(verb) less than \(ordered(value))"
        case .lessOrEqual: return "\(label) \(verb) at most \(ordered(value))"
        case .greaterOrEqual: return "\(label) \(verb) at least \(ordered(value))"
        case .greater: return "\(label) \(verb) greater than \(ordered(value))"
        case .maskedEqual:
            return masked.map { "\(label) \(verb) \($0)" } ?? "\(label): \(raw)"
        }
    }

    /// What a reader has to know of the half of the register that C's int leaves undefined.
    var note: String? {
        guard let kind = argument?.kind else { return nil }
        let name = label
        let upper: UInt64 = 0xffff_ffff_0000_0000
        switch condition.comparison {
        case .maskedEqual where !kind.isInt:
            let isNumber = kind == .size || kind == .offset || kind == .pointer
            return isNumber && condition.value & upper == 0
                ? "the upper half of \(name) may be anything, and counts" : nil
        case .maskedEqual:
            return condition.value & upper == 0
                ? nil : "looks at the upper half of \(name), which the kernel does not"
        case .notEqual where kind.isInt:
            return "holds for the same \(name) with anything in the upper half of its register"
        case .equal where kind.isInt:
            return "misses the same \(name) with anything in the upper half of its register"
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return kind.isInt
                ? "compares 64 bits without sign: a negative \(name), or anything in the upper "
                    + "half of its register, counts as large"
                : nil
        case .equal, .notEqual: return nil
        }
    }

    private var names: ArgumentNames? { argument?.kind.names(on: architecture) }

    /// A number in an order, and the name that it has elsewhere.
    private func ordered(_ value: UInt64) -> String {
        guard let kind = argument?.kind else { return String(value) }
        let text = kind.text(value, on: architecture)
        return names == nil || Int(text) != nil ? text : "\(value) (\(text))"
    }
}

/// Masked comparisons: which bits are fixed, and what the free ones leave.
extension ConditionText {
    /// What stands behind "is"; nil where the bits say nothing that has a name.
    private var masked: String? {
        guard let kind = argument?.kind else { return nil }
        // A mask of the lower half alone leaves the upper one out, as the kernel does for an int.
        let full: UInt64 =
            condition.value <= 0xffff_ffff ? 0xffff_ffff : .max
        let (mask, result) = (condition.value & full, condition.valueTwo)
        let free = full & ~mask
        if mask == full {
            return (names?.isFlags == true ? "exactly " : "") + kind.text(result, on: architecture)
        }
        if kind.isInt, mask == 0x8000_0000 { return result == 0 ? "not negative" : "negative" }
        if let names, names.isFlags, kind != .futexOperation {
            return flags(names, kind, mask: mask, result: result, free: free)
        }
        return list(kind, result: result, free: free)
    }

    private func flags(
        _ names: ArgumentNames, _ kind: SyscallArgument.Kind, mask: UInt64, result: UInt64,
        free: UInt64
    ) -> String {
        let set = kind.text(result, on: architecture)
        // Who fixes most bits lists what else may be set; who fixes few lists those.
        if mask.nonzeroBitCount > 16 {
            let rest = largest(names, free)
            return result == 0 ? "at most \(rest)" : "\(set), and at most \(rest) besides"
        }
        let unset = mask & ~result
        if unset == 0 { return "with \(set) set" }
        let without = "without \(unsetText(names, unset))"
        return result == 0 ? without : "with \(set) set, \(without)"
    }

    /// All names that fit into some bits.
    private func largest(_ names: ArgumentNames, _ bits: UInt64) -> String {
        var rest = bits
        var found: [String] = []
        for field in names.fields {
            for constant in field.constants where constant.value & ~bits == 0 {
                // What is 0 says something only where nothing else fits.
                if constant.value == 0, field.mask & bits != 0 { continue }
                found.append(constant.name)
                rest &= ~constant.value
            }
        }
        for flag in names.flags where bits & flag.value == flag.value && rest & flag.value != 0 {
            found.append(flag.name)
            rest &= ~flag.value
        }
        if rest != 0 { found.append("0x" + String(rest, radix: 16)) }
        return found.isEmpty ? names.zero ?? "0" : found.joined(separator: "|")
    }

    /// Single bits that must not be set.
    private func unsetText(_ names: ArgumentNames, _ bits: UInt64) -> String {
        var rest = bits
        var found: [String] = []
        for flag in names.flags where bits & flag.value == flag.value && rest & flag.value != 0 {
            found.append(flag.name)
            rest &= ~flag.value
        }
        if rest != 0 { found.append("0x" + String(rest, radix: 16)) }
        return found.joined(separator: "|")
    }

    /// The values that few free bits leave: "A, B or C", of more than four in a row "from A to D".
    private func list(_ kind: SyscallArgument.Kind, result: UInt64, free: UInt64) -> String? {
        guard free.nonzeroBitCount <= 4 else { return nil }
        var values = [result]
        for bit in UInt64(0)..<64 where free >> bit & 1 == 1 {
            values += values.map { $0 | 1 << bit }
        }
        values.sort()
        let texts = values.map { kind.text($0, on: architecture) }
        if values.count > 4, values[values.count - 1] - values[0] == UInt64(values.count - 1) {
            return "from \(texts[0]) to \(texts[texts.count - 1])"
        }
        return texts.dropLast().joined(separator: ", ") + " or " + texts[texts.count - 1]
    }
}

extension SyscallArgument.Kind {
    /// What people call it where a call has one of its kind.
    fileprivate var label: String? {
        switch self {
        case .descriptor: "descriptor"
        case .protection: "protection"
        case .mapFlags, .remapFlags, .openFlags, .cloneFlags, .randomFlags, .atFlags: "flags"
        case .advice: "advice"
        case .accessMode, .permissions: "mode"
        case .futexOperation: "operation"
        case .signal: "signal"
        case .prctlOption, .archOption: "option"
        case .clock: "clock"
        case .ioctlRequest: "request"
        case .processID: "process"
        case .fcntlCommand: "command"
        case .socketFamily: "family"
        case .socketType: "type"
        case .resource: "resource"
        case .seekWhence, .maskOperation, .int, .unsigned, .size, .offset, .pointer: nil
        }
    }
}
