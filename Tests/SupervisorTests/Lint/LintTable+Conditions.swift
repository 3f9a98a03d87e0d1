import SandboxPolicy

extension LintTable {
    private static func rule(_ name: String, _ action: String, _ args: String) -> String {
        "{ names: [\(name)], action: SCMP_ACT_\(action), args: [\(args)], comment: needed }"
    }

    private static func compared(
        _ index: Int, _ comparison: String, _ value: String
    ) -> String {
        "{ index: \(index), value: \(value), op: SCMP_CMP_\(comparison) }"
    }

    /// Comparisons.
    static let conditionRows: [Row] = [
        Row(
            "an int that is not a value", .error, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "NE", "3"))),
        Row(
            "an int above a value", .error, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "GT", "5"))),
        Row(
            "an int from a value on", .error, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "GE", "6"))),
        Row(
            "an int up to a value", .warning, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "LE", "2"))),
        Row(
            "an int that is a value", .warning, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "EQ", "2"))),
        Row(
            "an int under a mask of 64 bits", .warning, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + masked(0, "2", mask: "0xffffffffffffffff"))),
        Row(
            "-1 with 64 bits", .warning, .unmaskedComparison,
            rule: rule("dup", "ALLOW", "▸" + compared(0, "EQ", "0xffffffffffffffff"))),
        Row(
            "an int that is denied", .warning, .unmaskedComparison,
            rule: rule("dup", "ERRNO", "▸" + compared(0, "EQ", "2"))),
        Row(
            "an int that is denied, and others allowed", .error, .unmaskedComparison,
            rule: rule("dup", "KILL_PROCESS", "▸" + compared(0, "EQ", "3"))
                + "\n      - " + rule("dup", "ALLOW", masked(0, "2"))),
        Row(
            "the second of two conditions", .warning, .unmaskedComparison,
            rule: rule(
                "lseek", "ALLOW", "\(compared(1, "EQ", "0")), ▸\(compared(2, "EQ", "1"))")),
        Row(
            "one argument twice", .error, .alternativeConditions,
            rule: rule(
                "lseek", "ALLOW", "\(compared(1, "GE", "1")), ▸\(compared(1, "LE", "9"))")),
        Row(
            "one argument with two masks", .error, .alternativeConditions,
            rule: rule("dup", "ALLOW", "\(masked(0, "1")), ▸\(masked(0, "2"))")),
        Row(
            "a mask of 0", .error, .emptyCondition,
            rule: rule("dup", "ALLOW", "▸" + masked(0, "0", mask: "0")),
            also: []),
        Row(
            "a result outside its mask", .error, .emptyCondition,
            rule: rule(
                "dup", "ALLOW", "{ index: 0, value: 3, valueTwo: ▸4, op: SCMP_CMP_MASKED_EQ }")),
        Row(
            "a value outside its mask, and no result", .error, .emptyCondition,
            rule: rule("lseek", "ALLOW", "▸" + compared(1, "LT", "0"))),
        Row(
            "every value", .error, .emptyCondition,
            rule: rule("lseek", "ALLOW", "▸" + compared(1, "GE", "0"))),
        Row(
            "every value from above", .error, .emptyCondition,
            rule: rule("lseek", "ALLOW", "▸" + compared(1, "LE", "0xffffffffffffffff"))),
        Row(
            "above every value", .error, .emptyCondition,
            rule: rule("lseek", "ALLOW", "▸" + compared(1, "GT", "0xffffffffffffffff"))),
        Row(
            "an argument that the call does not have", .error, .emptyCondition,
            rule: rule("lseek", "ALLOW", "▸" + compared(3, "EQ", "0"))),
        Row(
            "an argument of a call that has none", .error, .emptyCondition,
            rule: rule("getpid", "ALLOW", "▸" + compared(0, "EQ", "0"))),
        Row(
            "valueTwo without a mask", .error, .structure,
            rule: rule("lseek", "ALLOW", "{ index: 1, value: 1, valueTwo: ▸2, op: SCMP_CMP_EQ }")),
        Row(
            "the text behind a pointer", .warning, .pointerComparison,
            rule: rule("getcwd", "ALLOW", "▸" + compared(0, "EQ", "0x7fff0000"))),
    ]
}
