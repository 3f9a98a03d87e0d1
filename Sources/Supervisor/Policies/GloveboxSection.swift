import ImageVocabulary
import SandboxPolicy
import Yams

/// `x-glovebox`: the formats, the required posture and the limits of a job.
struct GloveboxSection {
    let formats: [ImageFormat]
    /// Those that every policy has, and then those that this one adds.
    let requiredLayers: [Layer]
    let limits: PolicyLimits

    static func read(
        _ node: Node?, root: Node, values: inout StrictValues
    ) -> GloveboxSection? {
        guard let node else {
            values.error(
                at: root.position, "the policy has no 'x-glovebox'",
                "add x-glovebox.formats with the formats it is for")
            return nil
        }
        let fields = values.fields(
            of: node, named: "x-glovebox", keys: ["formats", "posture", "limits"])
        let formatsNode = values.required(
            "formats", in: fields, hint: "write 'formats: [jpeg]'")
        let formats = formatsNode.map { node in
            readList(
                node, named: "formats", element: "the format",
                among: ImageFormat.allCases.map { ($0.name, $0) }, values: &values)
        }
        if let formatsNode, case .sequence(let list) = formatsNode, list.isEmpty {
            values.error(
                at: formatsNode.position, "a policy for no format is never used",
                "name at least one format")
        }
        var layers = Layer.alwaysRequired
        if let posture = fields["posture"] {
            let required = values.fields(of: posture, named: "posture", keys: ["required"])
            if let list = required["required"] {
                let named = readList(
                    list, named: "required", element: "the layer",
                    among: Layer.nameable.map { ($0.rawValue, $0) },
                    refused: [
                        Layer.cgroup.rawValue:
                            "leave it out, this version puts no child into a control group"
                    ],
                    values: &values)
                layers += named.filter { !layers.contains($0) }
            }
        }
        let limits = fields["limits"].map { readLimits($0, values: &values) } ?? PolicyLimits()
        guard let formats else { return nil }
        return GloveboxSection(formats: formats, requiredLayers: layers, limits: limits)
    }

    private static func readList<Value: Equatable>(
        _ node: Node, named what: String, element: String,
        among choices: [(name: String, value: Value)], refused: [String: String] = [:],
        values: inout StrictValues
    ) -> [Value] {
        var found: [Value] = []
        for item in values.elements(of: node, named: what) {
            let read = values.choice(item, named: element, among: choices, refused: refused)
            guard let value = read else { continue }
            if found.contains(value) {
                values.error(at: item.position, "\(element) is named twice", "keep one of them")
            }
            found.append(value)
        }
        return found
    }

    private static func readLimits(_ node: Node, values: inout StrictValues) -> PolicyLimits {
        let fields = values.fields(
            of: node, named: "limits",
            keys: [
                "inputBytes", "outputBytes", "width", "height", "pixels", "frames", "memory",
                "cpu", "threads",
            ])
        func number(_ key: String, _ range: ClosedRange<UInt64>, _ standard: UInt64) -> UInt64 {
            guard let field = fields[key] else { return standard }
            return values.number(field, named: key, in: range) ?? standard
        }
        var limits = PolicyLimits()
        let side: ClosedRange<UInt64> = 1...UInt64(UInt32.max)
        // What a descriptor's offset and a process's address space on 64-bit machines can reach.
        let bytes: ClosedRange<UInt64> = 1...(1 << 46)
        limits.job.inputBytes = number("inputBytes", bytes, limits.job.inputBytes)
        limits.job.outputBytes = number("outputBytes", bytes, limits.job.outputBytes)
        limits.job.width = UInt32(number("width", side, UInt64(limits.job.width)))
        limits.job.height = UInt32(number("height", side, UInt64(limits.job.height)))
        limits.job.pixels = number("pixels", 1...(1 << 62), limits.job.pixels)
        limits.job.frames = UInt32(number("frames", side, UInt64(limits.job.frames)))
        // Below a mebibyte the C library cannot even start a thread.
        limits.memory = number("memory", (1 << 20)...(1 << 46), limits.memory)
        limits.cpuSeconds = UInt32(number("cpu", 1...86_400, UInt64(limits.cpuSeconds)))
        limits.threads = UInt32(number("threads", 1...1_024, UInt64(limits.threads)))
        return limits
    }
}
