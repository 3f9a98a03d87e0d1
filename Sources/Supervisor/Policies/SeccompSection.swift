import RequestSyntax
import SandboxPolicy
import Yams

/// `linux.seccomp`, exactly as the OCI runtime specification has it, and Docker's `comment`.
enum SeccompSection {
    static func read(_ node: Node, values: inout StrictValues) -> SeccompRules? {
        let fields = values.fields(
            of: node, named: "seccomp",
            keys: ["defaultAction", "architectures", "flags", "syscalls"],
            refused: [
                "defaultErrnoRet": "leave it out, a call that no rule names is never answered",
                "listenerPath": "leave it out, the listener goes to the zygote",
                "listenerMetadata": "leave it out, the listener goes to the zygote",
            ])
        let actionNode = values.required(
            "defaultAction", in: fields,
            hint: "write 'defaultAction: SCMP_ACT_NOTIFY'")
        let defaultAction = actionNode.flatMap { readDefaultAction($0, values: &values) }
        let architectures = readArchitectures(fields["architectures"], values: &values)
        if let flags = fields["flags"] {
            for flag in values.elements(of: flags, named: "flags") {
                values.error(
                    at: flag.position, "flags cannot be honoured",
                    "leave them out, a child's filter is installed with a new listener alone")
            }
        }
        var rules: [SyscallRule] = []
        if let list = fields["syscalls"] {
            for element in values.elements(of: list, named: "syscalls") {
                if let rule = readRule(element, values: &values) { rules.append(rule) }
            }
        }
        guard let defaultAction else { return nil }
        let seccomp = SeccompRules(
            defaultAction: defaultAction, architectures: architectures, rules: rules)
        for conflict in seccomp.conflicts() { report(conflict, values: &values) }
        return seccomp
    }

    private static func readRule(_ node: Node, values: inout StrictValues) -> SyscallRule? {
        let fields = values.fields(
            of: node, named: "a rule",
            keys: ["names", "action", "errnoRet", "args", "comment"],
            refused: ["name": "write 'names' with a list of one name"])
        let actionNode = values.required(
            "action", in: fields, hint: "write 'action: SCMP_ACT_ALLOW'")
        let action = actionNode.flatMap {
            readAction($0, errno: fields["errnoRet"], values: &values)
        }
        let namesNode = values.required(
            "names", in: fields, hint: "write 'names: [read]'")
        let conditions =
            fields["args"].map { ArgumentSection.read($0, values: &values) } ?? []
        let comment = fields["comment"].flatMap { values.text($0, named: "the comment") }
        let names = namesNode.map {
            readNames($0, permitting: action?.permits ?? true, values: &values)
        }
        // All names unknown in an allowing rule: nothing is left of it but the warnings.
        guard let names, !names.isEmpty, let action else { return nil }
        return SyscallRule(
            names: names, action: action, conditions: conditions, comment: comment,
            position: node.position)
    }

    private static func readNames(
        _ node: Node, permitting: Bool, values: inout StrictValues
    ) -> [SyscallRule.Name] {
        let elements = values.elements(of: node, named: "names")
        if case .sequence = node, elements.isEmpty {
            values.error(at: node.position, "a rule without names does nothing", "remove the rule")
        }
        var names: [SyscallRule.Name] = []
        for element in elements {
            guard let text = values.text(element, named: "the name of a call") else { continue }
            if names.contains(where: { $0.text == text }) {
                values.error(
                    at: element.position, "'\(text)' is in this rule already", "keep one of them")
            } else if SyscallNames.lookup(text) != .unknown {
                names.append(SyscallRule.Name(text, at: element.position))
            } else {
                let what = "no system call is named '\(text)'"
                let nearest = NearestName.of(text, among: SyscallNames.native)
                let hint = nearest.map { "write '\($0)'" }
                if permitting {
                    values.warning(
                        at: element.position, what, hint ?? "the policy is served without it")
                } else {
                    values.error(at: element.position, what, hint ?? "remove the name")
                }
            }
        }
        return names
    }

    private static func readArchitectures(
        _ node: Node?, values: inout StrictValues
    ) -> [SeccompArchitecture] {
        guard let node else { return SeccompArchitecture.native.map { [$0] } ?? [] }
        let hint = "leave it out, a call in a foreign architecture's manner kills the child"
        var found: [SeccompArchitecture] = []
        for element in values.elements(of: node, named: "architectures") {
            let architecture = values.choice(
                element, named: "the architecture",
                among: SeccompArchitecture.allCases.map { ($0.rawValue, $0) },
                refused: [
                    "SCMP_ARCH_X86": hint, "SCMP_ARCH_X32": hint, "SCMP_ARCH_ARM": hint,
                ])
            if let architecture, !found.contains(architecture) { found.append(architecture) }
        }
        return found
    }

    /// A call that nobody thought of ends the child: any other answer would let it look for more.
    private static func readDefaultAction(
        _ node: Node, values: inout StrictValues
    ) -> SeccompAction? {
        let hint = "write SCMP_ACT_NOTIFY or SCMP_ACT_KILL_PROCESS and name in rules what may pass"
        let others = [
            "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL",
            "SCMP_ACT_TRAP", "SCMP_ACT_LOG", "SCMP_ACT_TRACE",
        ]
        return values.choice(
            node, named: "the default action",
            among: [("SCMP_ACT_NOTIFY", .notify), ("SCMP_ACT_KILL_PROCESS", .killProcess)],
            refused: Dictionary(uniqueKeysWithValues: others.map { ($0, hint) }))
    }

    private static func readAction(
        _ node: Node, errno errnoNode: Node?, values: inout StrictValues
    ) -> SeccompAction? {
        var errno: UInt64?
        if let errnoNode {
            let range = 0...UInt64(SeccompAction.largestErrno)
            errno = values.number(errnoNode, named: "errnoRet", in: range)
            if errno == nil { return nil }
        }
        // 1 is EPERM, the specification's default.
        let denial = SeccompAction.errno(UInt16(errno ?? 1))
        let actions: [(name: String, value: SeccompAction)] = [
            ("SCMP_ACT_ALLOW", .allow), ("SCMP_ACT_ERRNO", denial), ("SCMP_ACT_NOTIFY", .notify),
            ("SCMP_ACT_KILL_PROCESS", .killProcess), ("SCMP_ACT_KILL_THREAD", .killThread),
            ("SCMP_ACT_KILL", .killThread), ("SCMP_ACT_TRAP", .trap), ("SCMP_ACT_LOG", .log),
        ]
        let action = values.choice(
            node, named: "the action", among: actions,
            refused: ["SCMP_ACT_TRACE": "write SCMP_ACT_NOTIFY, nothing traces a child"])
        if let action, let errnoNode, action != denial {
            values.error(
                at: errnoNode.position, "\(action.name) carries no errno",
                "remove errnoRet, or write SCMP_ACT_ERRNO")
        }
        return action
    }

    private static func report(_ conflict: SeccompRules.Conflict, values: inout StrictValues) {
        let name = "'\(conflict.name.text)'"
        let earlier = "line \(conflict.earlier.line)"
        switch conflict.kind {
        case .twoActions:
            values.error(
                at: conflict.name.position, "\(name) has another action in \(earlier)",
                "keep one of the two rules")
        case .conditionsWithoutEffect:
            values.error(
                at: conflict.name.position,
                "\(name) has a rule without args and one with args, here and in \(earlier)",
                "give both args; for what the others leave of an int write 'value: 0x80000000, "
                    + "valueTwo: 0, op: SCMP_CMP_MASKED_EQ'")
        case .bothCanMatch:
            values.error(
                at: conflict.name.position,
                "a call of \(name) can match this rule and the one in \(earlier)",
                "write args that exclude each other")
        }
    }
}
