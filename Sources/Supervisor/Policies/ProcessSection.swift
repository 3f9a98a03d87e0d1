import SandboxPolicy
import Yams

/// `process`: the resource limits that are set as they stand.
enum ProcessSection {
    /// Keys of a container's configuration that say nothing to a child.
    private static let others = [
        "apparmorProfile", "args", "capabilities", "commandLine", "consoleSize", "cwd", "env",
        "execCPUAffinity", "ioPriority", "noNewPrivileges", "oomScoreAdj", "scheduler",
        "selinuxLabel", "terminal", "user",
    ]

    static func read(_ node: Node?, values: inout StrictValues) -> [ResourceLimit] {
        guard let node else { return [] }
        let fields = values.fields(
            of: node, named: "process", keys: ["rlimits"],
            refused: Dictionary(
                uniqueKeysWithValues: others.map { ($0, "leave it out, children have their own") }))
        guard let list = fields["rlimits"] else { return [] }
        var found: [ResourceLimit] = []
        for element in values.elements(of: list, named: "rlimits") {
            guard let limit = readOne(element, values: &values) else { continue }
            if found.contains(where: { $0.kind == limit.kind }) {
                values.error(
                    at: element.position, "\(limit.kind.name) is in the list already",
                    "keep one of them")
            }
            found.append(limit)
        }
        return found
    }

    private static func readOne(_ node: Node, values: inout StrictValues) -> ResourceLimit? {
        let what = "an rlimit"
        let fields = values.fields(of: node, named: what, keys: ["type", "hard", "soft"])
        let example = "write '{ type: RLIMIT_CORE, hard: 0, soft: 0 }'"
        let type = values.required("type", in: fields, hint: example)
        let hardNode = values.required("hard", in: fields, hint: example)
        let softNode = values.required("soft", in: fields, hint: example)
        let kind = type.flatMap {
            values.choice(
                $0, named: "the rlimit",
                among: ResourceLimit.Kind.allCases.map { ($0.name, $0) })
        }
        let hard = hardNode.flatMap { values.number($0, named: "hard") }
        let soft = softNode.flatMap { values.number($0, named: "soft") }
        guard let kind, let hard, let soft else { return nil }
        values.note("process.rlimits.\(kind.name)", node)
        if let key = kind.computedFrom {
            values.error(
                at: node.position, "\(kind.name) is computed for each child",
                "write '\(key)' in x-glovebox.limits")
        } else if soft > hard {
            values.error(
                at: node.position, "the soft limit is above the hard limit",
                "write a soft limit of at most \(hard)")
        }
        return ResourceLimit(kind, soft: soft, hard: hard)
    }
}
