import ImageVocabulary
import SandboxPolicy

/// What `policy show` says about a policy and its programs.
struct PolicySummary {
    struct Program {
        let architecture: SeccompArchitecture
        let filter: CompiledFilter
        let calls: AnsweredCalls
    }

    let input: PolicyInput
    let programs: [Program]
    /// The architecture whose calls stand for the policy's.
    let main: SeccompArchitecture

    private var document: PolicyDocument { input.document }

    func text(_ width: Int?) -> String {
        var facts = TextTable("", "")
        facts.add("name", document.name)
        facts.add("file", "\(document.path), sha256 \(input.sha256)")
        if let base = document.base { facts.add("base", "\(base.path), sha256 \(base.sha256)") }
        if let own = document.glovebox {
            facts.add("formats", own.formats.map(\.name).joined(separator: ", "))
            facts.add("root", own.root.name)
            let limits = own.limits.named.map { "\($0.name) \($0.value)" }
            facts.add("limits", limits.joined(separator: ", "))
            facts.add("required", own.requiredLayers.map(\.rawValue).joined(separator: ", "))
        } else {
            facts.add("x-glovebox", "none: a bare profile, which no service can serve")
        }
        if !document.resourceLimits.isEmpty {
            facts.add("rlimits", document.resourceLimits.map(\.text).joined(separator: ", "))
        }
        facts.add("default", document.profile.defaultAction.text)
        var text = facts.text(width: width).split(separator: "\n").joined(separator: "\n") + "\n"
        for program in programs {
            text += "\n\(program.architecture.label)"
            text += "  \(program.filter.instructions.count) instructions"
            text += ", sha256 \(program.filter.sha256)\n"
            var table = TextTable("ACTION", "CALLS")
            for action in program.calls.actions {
                let entries = program.calls.entries.filter { $0.actions.contains(action) }
                let names = entries.map { $0.hasConditions ? "\($0.name)*" : $0.name }
                table.add(action.text, names.joined(separator: " "))
            }
            table.add("\(document.profile.defaultAction.text)", "every other call")
            text += table.text(width: width)
        }
        return text + "\n* with some arguments only\n"
    }

    var json: JSONValue {
        let own = document.glovebox
        let allowed = programs.first { $0.architecture == main }?.calls.allowed ?? []
        return .object([
            ("name", .string(document.name)), ("path", .string(document.path)),
            ("sha256", .string(input.sha256)),
            (
                "base",
                document.base.map {
                    .object([("path", .string($0.path)), ("sha256", .string($0.sha256))])
                } ?? .null
            ),
            ("formats", own.map { .names($0.formats.map(\.name)) } ?? .null),
            ("root", own.map { .string($0.root.name) } ?? .null),
            (
                "limits",
                own.map { .object($0.limits.named.map { ($0.name, .unsigned($0.value)) }) } ?? .null
            ),
            ("required_layers", own.map { .names($0.requiredLayers.map(\.rawValue)) } ?? .null),
            (
                "resource_limits",
                .array(
                    document.resourceLimits.map {
                        .object([
                            ("type", .string($0.kind.name)), ("soft", .unsigned($0.soft)),
                            ("hard", .unsigned($0.hard)),
                        ])
                    })
            ),
            ("default_action", .object(JSONValue.members(of: document.profile.defaultAction))),
            ("allowed", .names(allowed)),
            ("programs", .array(programs.map(\.json))),
        ])
    }
}

extension PolicySummary.Program {
    fileprivate var json: JSONValue {
        .object([
            ("architecture", .string(architecture.label)),
            ("sha256", .string(filter.sha256)),
            ("instructions", .integer(Int64(filter.instructions.count))),
            ("bytes", .string(filter.encodedBytes.hex)),
            ("allowed", .names(calls.allowed)),
            (
                "calls",
                .array(
                    calls.entries.map { entry in
                        .object([
                            ("name", .string(entry.name)),
                            ("number", .unsigned(UInt64(entry.number))),
                            ("conditions", .bool(entry.hasConditions)),
                            (
                                "actions",
                                .array(entry.actions.map { .object(JSONValue.members(of: $0)) })
                            ),
                        ])
                    })
            ),
        ])
    }
}

extension [UInt8] {
    /// Two lower-case digits a byte.
    fileprivate var hex: String {
        map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension ResourceLimit {
    /// "RLIMIT_STACK 8388608", or with both values where they differ.
    var text: String {
        soft == hard ? "\(kind.name) \(soft)" : "\(kind.name) \(soft) to \(hard)"
    }
}

extension PolicyLimits {
    /// Each limit by its key in policy files.
    var named: [(name: String, value: UInt64)] {
        [
            ("inputBytes", job.inputBytes), ("outputBytes", job.outputBytes),
            ("width", UInt64(job.width)), ("height", UInt64(job.height)),
            ("pixels", job.pixels), ("frames", UInt64(job.frames)), ("memory", memory),
            ("cpu", UInt64(cpuSeconds)), ("threads", UInt64(threads)),
        ]
    }
}
