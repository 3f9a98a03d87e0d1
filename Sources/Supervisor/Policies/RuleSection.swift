import SandboxPolicy
import Yams

/// One element of `syscalls`.
enum RuleSection {
    private static let keys = ["names", "action", "errnoRet", "args", "comment"]

    /// The rules that an element stands for: one, or one for each condition where two of them are on
    /// the same argument. None where it is not understood, or no name in it is known.
    static func read(
        _ node: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> [SeccompProfile.Rule] {
        let fields = self.fields(of: node, as: dialect, values: &values)
        let actionNode = values.required(
            "action", in: fields, hint: "write 'action: SCMP_ACT_ALLOW'")
        let action = actionNode.flatMap {
            ActionSection.read($0, at: .rule, in: fields, values: &values)
        }
        let names = readNames(
            fields, as: dialect, permitting: action?.permits ?? true, values: &values)
        let alternatives: [[ArgumentSection.Placed]]?
        if let list = fields["args"] {
            alternatives = ArgumentSection.read(list, values: &values)
        } else {
            alternatives = [[]]
        }
        let comment = fields["comment"].flatMap { values.text($0, named: "the comment") }
        let includes = fields["includes"].map {
            AudienceSection.read($0, named: "includes", values: &values)
        }
        let excludes = fields["excludes"].map {
            AudienceSection.read($0, named: "excludes", values: &values)
        }
        guard !names.isEmpty, let action, let alternatives else { return [] }
        return alternatives.map { conditions in
            SeccompProfile.Rule(
                rule: SyscallRule(
                    names: names, action: action, conditions: conditions.map(\.condition),
                    comment: comment?.isEmpty == true ? nil : comment, position: node.position,
                    actionPosition: actionNode?.position,
                    conditionPositions: conditions.map(\.position)),
                includes: includes ?? SeccompProfile.Audience(),
                excludes: excludes ?? SeccompProfile.Audience())
        }
    }

    private static func fields(
        of node: Node, as dialect: PolicyDialect, values: inout StrictValues
    ) -> StrictValues.Fields {
        switch dialect {
        case .policy:
            let audience = "write the rules that are left for a child without capabilities"
            return values.fields(
                of: node, named: "a rule", keys: keys,
                refused: [
                    "name": "write 'names' with a list of one name",
                    "errno": "write 'errnoRet' with its number",
                    "includes": audience, "excludes": audience,
                ])
        case .profile, .kubernetes:
            return values.fields(
                of: node, named: "a rule", keys: keys + ["name", "errno", "includes", "excludes"])
        }
    }

    private static func readNames(
        _ fields: StrictValues.Fields, as dialect: PolicyDialect, permitting: Bool,
        values: inout StrictValues
    ) -> [SyscallRule.Name] {
        var elements: [Node] = []
        var single = fields["name"]
        // What Go writes for a field that is not set.
        if single?.scalar?.string == "" { single = nil }
        if let list = fields["names"] {
            elements = values.elements(of: list, named: "names")
            if list.isEmptySequence, single == nil {
                values.error(
                    at: list.position, "a rule without names does nothing", "remove the rule")
            }
        } else if single == nil {
            _ = values.required("names", in: fields, hint: "write 'names: [read]'")
        }
        if let single {
            if !elements.isEmpty {
                values.error(
                    at: single.position, "'name' and 'names' exclude each other",
                    "keep 'names'")
            }
            elements.append(single)
        }
        return known(elements, permitting: permitting, values: &values)
    }

    private static func known(
        _ elements: [Node], permitting: Bool, values: inout StrictValues
    ) -> [SyscallRule.Name] {
        var seen: Set<String> = []
        var names: [SyscallRule.Name] = []
        for element in elements {
            guard let text = values.text(element, named: "the name of a call") else { continue }
            if !seen.insert(text).inserted {
                values.error(
                    at: element.position,
                    "'\(StrictValues.shown(text))' is in this rule already", "keep one of them")
            } else if SyscallNames.lookup(text) != .unknown {
                names.append(SyscallRule.Name(text, at: element.position))
            } else {
                let what = "no system call is named '\(StrictValues.shown(text))'"
                if permitting {
                    values.warning(
                        .unknownSyscall, at: element.position, what,
                        StrictValues.suggestion(
                            for: text, among: SyscallNames.native,
                            orElse: "the policy is served without it"))
                } else {
                    values.error(
                        .unknownSyscall, at: element.position, what,
                        StrictValues.suggestion(
                            for: text, among: SyscallNames.native, orElse: "remove the name"))
                }
            }
        }
        return names
    }
}
