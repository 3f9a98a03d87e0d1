/// The named constants that an argument's value is made of: values of fields of bits, and flags.
struct ArgumentNames: Sendable {
    typealias Constants = [(name: String, value: UInt64)]

    /// Bits that together hold one of several values.
    struct Field: Sendable {
        let mask: UInt64
        /// One for 0 is always part of a value's text, as O_RDONLY is.
        let constants: Constants

        init(_ mask: UInt64, _ constants: Constants) {
            self.mask = mask
            self.constants = constants
        }
    }

    let fields: [Field]
    /// Those of several bits before those of the same bits alone.
    let flags: Constants
    /// What a value without any bit is called.
    let zero: String?
    /// Whether people write the fields after the flags.
    let fieldsComeLast: Bool

    init(
        fields: [Field] = [], flags: Constants = [], zero: String? = nil,
        fieldsComeLast: Bool = false
    ) {
        self.fields = fields
        self.flags = flags
        self.zero = zero
        self.fieldsComeLast = fieldsComeLast
    }

    /// Names for single values of 32 bits.
    static func choice(_ constants: Constants) -> ArgumentNames {
        ArgumentNames(fields: [Field(0xffff_ffff, constants)])
    }

    static func flags(_ constants: Constants, zero: String? = nil) -> ArgumentNames {
        ArgumentNames(flags: constants, zero: zero)
    }

    /// Whether a value can be several names at once.
    var isFlags: Bool { !flags.isEmpty }

    /// All bits that a flag stands for.
    var flagBits: UInt64 { flags.reduce(0) { $0 | $1.value } }

    /// The names of a value, joined by `|`; bits without a name follow in hexadecimal. Nil when
    /// nothing of it has a name.
    func text(_ value: UInt64) -> String? {
        if value == 0, let zero { return zero }
        var rest = value
        var ofFields: [String] = []
        for field in fields {
            let part = value & field.mask
            guard let constant = field.constants.first(where: { $0.value == part }) else {
                continue
            }
            ofFields.append(constant.name)
            rest &= ~field.mask
        }
        var ofFlags: [String] = []
        for flag in flags where value & flag.value == flag.value && rest & flag.value != 0 {
            ofFlags.append(flag.name)
            rest &= ~flag.value
        }
        var parts = fieldsComeLast ? ofFlags + ofFields : ofFields + ofFlags
        if parts.isEmpty { return nil }
        if rest != 0 { parts.append("0x" + String(rest, radix: 16)) }
        return parts.joined(separator: "|")
    }

    /// The value of one name.
    func value(_ name: String) -> UInt64? {
        if name == zero { return 0 }
        for field in fields {
            if let constant = field.constants.first(where: { $0.name == name }) {
                return constant.value
            }
        }
        return flags.first { $0.name == name }?.value
    }

    /// All names, for tests and suggestions.
    var constants: Constants {
        let ofFields: Constants = fields.flatMap(\.constants)
        let ofZero: Constants = zero.map { [($0, UInt64(0))] } ?? []
        return ofFields + flags + ofZero
    }
}
