import SandboxPolicy

extension PolicyCheck {
    /// Checks of how a rule is written. What the other two lists have is not asked here.
    var ruleGuide: PolicyCheckGuide {
        switch self {
        case .unknownSyscall:
            PolicyCheckGuide(
                title: "A name of no system call", severity: .warning,
                cases: "an error in a rule that denies; where only some architectures have the "
                    + "call, a note in a rule that allows and a warning in one that denies nothing",
                finds:
                    "Names that no architecture has, and names that none of the covered ones has.",
                why: "A rule that allows is narrower than it looks. A rule that denies denies "
                    + "nothing.",
                before: "- { names: [raed], action: SCMP_ACT_ALLOW }",
                after: "- { names: [read], action: SCMP_ACT_ALLOW }")
        case .unmaskedComparison:
            PolicyCheckGuide(
                title: "C's int is compared with 64 bits", severity: .error,
                cases: "a warning where the mistake only makes the policy narrower",
                finds: """
                    Comparisons that the upper half of a register decides, of an argument that C \
                    passes as an int. An error: NE, GT and GE in a rule that allows, and EQ, LT and \
                    LE in a rule that denies what another rule allows. A warning: the others.
                    """,
                why: "The kernel looks at the lower half alone. Whoever has taken a process over "
                    + "chooses the upper one, and the C library may leave anything in it.",
                before: "args: [{ index: 0, value: 4, op: SCMP_CMP_NE }]",
                after:
                    "args: [{ index: 0, value: 0xffffffff, valueTwo: 1, op: SCMP_CMP_MASKED_EQ }]")
        case .alternativeConditions:
            PolicyCheckGuide(
                title: "Two conditions on one argument", severity: .error,
                finds: "A rule that compares one argument twice.",
                why:
                    "Other tools read it as either, not as both: the rule then allows more than it "
                    + "says.",
                before: "args: [{ index: 0, value: 1, op: SCMP_CMP_GE },\n"
                    + "       { index: 0, value: 2, op: SCMP_CMP_LE }]",
                after: "# two rules, one for 1 and one for 2")
        case .emptyCondition:
            PolicyCheckGuide(
                title: "A comparison that compares nothing", severity: .error,
                finds: "A mask of 0, a result outside its mask, bounds that every value or none "
                    + "meets, and arguments that the call does not have.",
                why: "The rule allows everything or nothing, and looks as if it decided.",
                before: "args: [{ index: 0, value: 3, valueTwo: 4, op: SCMP_CMP_MASKED_EQ }]",
                after:
                    "args: [{ index: 0, value: 0xffffffff, valueTwo: 4, op: SCMP_CMP_MASKED_EQ }]")
        case .pointerComparison:
            PolicyCheckGuide(
                title: "An address is compared", severity: .warning,
                finds: "A comparison of an argument that is a pointer with anything but NULL.",
                why: "A filter sees the address and not what lies there, and another thread may "
                    + "change that after the comparison.",
                before: "args: [{ index: 1, value: 0x5000, op: SCMP_CMP_EQ }]",
                after: "args: [{ index: 1, value: 0, op: SCMP_CMP_EQ }]")
        case .contradiction:
            PolicyCheckGuide(
                title: "Two rules for one call contradict each other", severity: .error,
                finds:
                    "Two actions for one call where a call can match both rules, or where one of "
                    + "them has no conditions.",
                why: "libseccomp settles it silently, in an order that is not the file's.",
                before: "- { names: [dup], action: SCMP_ACT_ALLOW }\n"
                    + "- { names: [dup], action: SCMP_ACT_ERRNO }",
                after: "- { names: [dup], action: SCMP_ACT_ERRNO }")
        case .shadowedRule:
            PolicyCheckGuide(
                title: "A rule changes nothing", severity: .warning,
                finds: "A rule with the default action, and one that another rule of the same "
                    + "action covers.",
                why: "Whoever removes the other rule, or this one, expects something to change.",
                before: "- { names: [close], action: SCMP_ACT_ALLOW }\n"
                    + "- { names: [close, dup], action: SCMP_ACT_ALLOW }",
                after: "- { names: [close, dup], action: SCMP_ACT_ALLOW }")
        default:
            PolicyCheckGuide(
                title: "An action that does not do what it is written for", severity: .error,
                cases: "a warning for `SCMP_ACT_TRAP` and `SCMP_ACT_LOG`",
                finds: "`SCMP_ACT_KILL_THREAD`, also as `SCMP_ACT_KILL`, `SCMP_ACT_TRAP` and "
                    + "`SCMP_ACT_LOG`.",
                why:
                    "A killed thread leaves the others waiting until the deadline. A signal leaves "
                    + "no record of the call, nothing traces a child, and a logged call is carried "
                    + "out.",
                before: "- { names: [kill], action: SCMP_ACT_KILL }",
                after: "- { names: [kill], action: SCMP_ACT_KILL_PROCESS }")
        }
    }
}
