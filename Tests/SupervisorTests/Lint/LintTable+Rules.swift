import SandboxPolicy

extension LintTable {
    private static func rule(_ name: String, _ action: String, _ args: String...) -> String {
        let list = args.isEmpty ? "" : ", args: [\(args.joined(separator: ", "))]"
        return "{ names: [\(name)], action: SCMP_ACT_\(action)\(list), comment: needed }"
    }

    /// Rules beside each other, and what they do.
    static let ruleRows: [Row] = [
        Row(
            "two actions", .error, .contradiction,
            rule: rule("dup", "ALLOW") + "\n      - " + rule("▸dup", "ERRNO")),
        Row(
            "a denial beside an allowance that has args", .error, .contradiction,
            rule: rule("dup", "ALLOW", masked(0, "2")) + "\n      - " + rule("▸dup", "ERRNO")),
        Row(
            "two rules that can both match", .error, .contradiction,
            rule: rule("lseek", "ALLOW", masked(0, "2")) + "\n      - "
                + rule("▸lseek", "ERRNO", masked(2, "1"))),
        Row(
            "two errnos", .error, .contradiction,
            rule: "{ names: [dup], action: SCMP_ACT_ERRNO, errnoRet: 1, comment: it }\n      - "
                + "{ names: [▸dup], action: SCMP_ACT_ERRNO, errnoRet: 13, comment: it }"),
        Row(
            "a rule twice", .warning, .shadowedRule,
            rule: rule("dup", "ALLOW") + "\n      - " + rule("▸dup", "ALLOW")),
        Row(
            "a rule that another one covers", .warning, .shadowedRule,
            rule: rule("▸dup", "ALLOW", masked(0, "2")) + "\n      - " + rule("dup", "ALLOW")),
        Row(
            "a mask within a mask", .warning, .shadowedRule,
            rule: rule("dup", "ALLOW", masked(0, "0", mask: "0xfffffff0")) + "\n      - "
                + rule("▸dup", "ALLOW", masked(0, "4"))),
        Row(
            "one condition more", .warning, .shadowedRule,
            rule: rule("lseek", "ALLOW", masked(0, "2")) + "\n      - "
                + rule("▸lseek", "ALLOW", masked(0, "2"), masked(2, "1"))),
        Row(
            "the default action again", .warning, .shadowedRule,
            rule: "▸" + rule("dup", "NOTIFY")),
        Row(
            "a name in two rules", .warning, .shadowedRule,
            rule: rule("dup, ▸close", "ALLOW")),
        Row(
            "a killed thread", .error, .unfitAction,
            rule: "{ names: [dup], action: ▸SCMP_ACT_KILL_THREAD, comment: it }"),
        Row(
            "a killed thread by its old name", .error, .unfitAction,
            rule: "{ names: [dup], action: ▸SCMP_ACT_KILL, comment: it }"),
        Row(
            "a signal", .warning, .unfitAction,
            rule: "{ names: [dup], action: ▸SCMP_ACT_TRAP, comment: it }"),
        Row(
            "a log line", .warning, .unfitAction,
            rule: "{ names: [dup], action: ▸SCMP_ACT_LOG, comment: it }"),
        Row(
            "a tracer", .error, .notHonoured,
            rule: "{ names: [dup], action: ▸SCMP_ACT_TRACE, comment: it }"),
        Row(
            "a program that is too long", .error, .programLength,
            text: "▸" + clean + manyRules(900)),
    ]

    private static func manyRules(_ count: Int) -> String {
        // Calls with two arguments of 64 bits, from the one named on.
        let calls: [(String, Int)] = [
            ("pread64", 2), ("pwrite64", 2), ("fallocate", 2), ("readahead", 1),
            ("sync_file_range", 1), ("fadvise64", 1),
        ]
        return (1...count).map { number in
            let (name, index) = calls[number % calls.count]
            let value = number << 32 | number
            let args = (index...index + 1).map {
                "{ index: \($0), value: \(value), op: SCMP_CMP_EQ }"
            }
            return "      - \(rule(name, "ALLOW", args.joined(separator: ", ")))\n"
        }.joined()
    }

    /// Calls that every child needs.
    static let needRows: [Row] = [
        Row(
            "no way to end", .error, .neededCall, change: "exit, exit_group", to: "exit"
        ).marked(before: "SCMP_ACT_NOTIFY"),
        Row(
            "no way to close", .error, .neededCall, change: "names: [close]", to: "names: [dup]"
        ).marked(before: "SCMP_ACT_NOTIFY"),
        Row(
            "close is answered", .error, .neededCall,
            change: "names: [close]\n        action: SCMP_ACT_ALLOW",
            to: "names: [▸close]\n        action: SCMP_ACT_ERRNO"),
        Row("no job", .error, .neededCall, change: masked(0, "0"), to: masked(0, "6"))
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row(
            "no word from the zygote", .error, .neededCall,
            change: masked(0, "5"), to: masked(0, "6")
        ).marked(before: "SCMP_ACT_NOTIFY"),
        Row("no result", .error, .neededCall, change: masked(0, "4"), to: masked(0, "6"))
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row(
            "the result is refused", .error, .neededCall,
            change: "action: SCMP_ACT_ALLOW\n        args: [\(masked(0, "4"))]",
            to: "action: SCMP_ACT_KILL_PROCESS\n        args: [\(masked(0, "4"))]"
        ).marked(before: "write]\n        action: SCMP_ACT_KILL"),
        Row(
            "no handover", .error, .neededCall, change: "names: [sendmsg]", to: "names: [recvmsg]"
        ).marked(before: "SCMP_ACT_NOTIFY"),
        Row("no input", .error, .neededCall, change: masked(4, "3"), to: masked(4, "6"))
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row(
            "no memory", .error, .neededCall,
            change: masked(2, "0", mask: "0xfffffffc"), to: masked(2, "0")
        ).marked(before: "SCMP_ACT_NOTIFY"),
        Row("no heap", .error, .neededCall, change: "[brk, munmap", to: "[munmap")
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row("no warnings", .warning, .neededCall, change: masked(0, "2"), to: masked(0, "6"))
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row("no prints", .warning, .neededCall, change: masked(0, "1"), to: masked(0, "6"))
            .marked(before: "SCMP_ACT_NOTIFY"),
        Row("clone3 is refused", .warning, .neededCall, change: "errnoRet: 38", to: "errnoRet: 1")
            .marked(before: "clone3]"),
        Row("clone3 ends the child", .warning, .neededCall, change: "[clone3]", to: "[dup]")
            .marked(before: "clone]"),
    ]
}
