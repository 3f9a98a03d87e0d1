import SandboxPolicy

/// Values of arguments as people write them, and back.
extension SyscallArgument.Kind {
    /// The constants that its values are made of; nil for plain numbers.
    func names(on architecture: SeccompArchitecture = .native ?? .amd64) -> ArgumentNames? {
        switch self {
        case .protection: .protection(architecture)
        case .mapFlags: .mapFlags(architecture)
        case .openFlags: .openFlags(architecture)
        case .remapFlags: .remapFlags
        case .advice: .advice
        case .randomFlags: .randomFlags
        case .accessMode: .accessMode
        case .atFlags: .atFlags
        case .seekWhence: .seekWhence
        case .fcntlCommand: .fcntlCommand
        case .ioctlRequest: .ioctlRequest
        case .cloneFlags: .cloneFlags
        case .futexOperation: .futexOperation
        case .signal: .signal
        case .maskOperation: .maskOperation
        case .prctlOption: .prctlOption
        case .archOption: .archOption
        case .clock: .clock
        case .resource: .resource
        case .socketFamily: .socketFamily
        case .socketType: .socketType
        case .descriptor: .choice([("AT_FDCWD", 0xffff_ff9c)])
        case .int, .unsigned, .size, .offset, .pointer, .processID, .permissions: nil
        }
    }

    /// A value of this kind: constants by name where they have one, `-1` where the kind has a sign.
    ///
    /// Of an int the lower half is read; an upper half that is no extension of it follows in
    /// brackets, since some filters look at it.
    func text(
        _ value: UInt64, on architecture: SeccompArchitecture = .native ?? .amd64
    ) -> String {
        guard isInt else { return ownText(value, architecture) }
        let lower = value & 0xffff_ffff
        let text = ownText(lower, architecture)
        let isExtended = value == lower || (value >> 31 == 0x1_ffff_ffff)
        return isExtended ? text : "\(text) (0x\(String(value, radix: 16)))"
    }

    /// - Parameter value: of an int the lower half alone.
    private func ownText(_ value: UInt64, _ architecture: SeccompArchitecture) -> String {
        if let text = names(on: architecture)?.text(value) { return text }
        switch self {
        case .pointer: return value == 0 ? "NULL" : Self.hexadecimal(value)
        case .permissions: return value == 0 ? "0" : "0" + String(value, radix: 8)
        case .offset: return Self.number(Int64(bitPattern: value), value)
        case .size, .unsigned, .ioctlRequest, .atFlags, .openFlags, .protection, .mapFlags,
            .remapFlags, .cloneFlags, .randomFlags, .accessMode, .futexOperation, .socketType:
            return value <= Self.largestPlain ? String(value) : Self.hexadecimal(value)
        default:
            return Self.number(Int64(Int32(truncatingIfNeeded: value)), value)
        }
    }

    /// Larger numbers are easier to read in hexadecimal.
    private static let largestPlain: UInt64 = 0xff_ffff

    private static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    private static func number(_ signed: Int64, _ value: UInt64) -> String {
        signed.magnitude <= largestPlain ? String(signed) : hexadecimal(value)
    }

    /// The value of a text: constants of this kind and numbers (decimal, hexadecimal, of permissions
    /// octal), joined by `|`; NULL is 0. A negative number stands alone and has 64 bits.
    func value(
        _ text: some StringProtocol, on architecture: SeccompArchitecture = .native ?? .amd64
    ) -> UInt64? {
        let names = names(on: architecture)
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        var sum: UInt64 = 0
        for part in parts {
            let word = part.trimmingSpaces
            if let value = names?.value(word) {
                // Negative constants, such as AT_FDCWD.
                let isNegative = self == .descriptor
                if isNegative && parts.count > 1 { return nil }
                sum |= isNegative ? value | 0xffff_ffff_0000_0000 : value
            } else if let value = number(word, isAlone: parts.count == 1) {
                sum |= value
            } else {
                return nil
            }
        }
        return sum
    }

    private func number(_ word: String, isAlone: Bool) -> UInt64? {
        if word == "NULL" { return 0 }
        // Swift's own reading of numbers also takes a plus sign.
        guard let first = word.utf8.first, first != UInt8(ascii: "+") else { return nil }
        if word.hasPrefix("0x") || word.hasPrefix("0X") {
            let digits = word.dropFirst(2)
            return digits.first == "+" || digits.first == "-" ? nil : UInt64(digits, radix: 16)
        }
        if first == UInt8(ascii: "-") {
            return isAlone ? Int64(word).map { UInt64(bitPattern: $0) } : nil
        }
        if first == UInt8(ascii: "0"), word.utf8.count > 1 {
            return self == .permissions ? UInt64(word, radix: 8) : nil
        }
        return UInt64(word)
    }
}

extension StringProtocol {
    /// Without spaces at both ends.
    fileprivate var trimmingSpaces: String {
        let rest = drop { $0 == " " }
        guard let last = rest.lastIndex(where: { $0 != " " }) else { return "" }
        return String(rest[...last])
    }
}
