import ImageVocabulary
import SandboxPolicy
import Yams

/// `x-glovebox`: the formats, those read beside them, the base, the root, the required posture and the limits of a job.
struct GloveboxSection: Equatable, Sendable {
    /// The policy that says what this one leaves open.
    struct Base: Equatable, Sendable {
        /// A file in the same folder.
        let fileName: String
        let position: SourcePosition
    }

    /// Empty where the file is wrong about them.
    var formats: [ImageFormat] = []
    /// What is read too where a job needs it.
    var also: [ImageFormat] = []
    var base: Base?
    /// Those that every policy has, and then those that this one and its base add.
    var requiredLayers = Layer.alwaysRequired
    var writtenLimits = LimitsSection()
    var root = SandboxRoot.empty

    var limits: PolicyLimits { writtenLimits.limits }

    static func read(_ node: Node, values: inout StrictValues) -> GloveboxSection {
        let fields = values.fields(
            of: node, named: "x-glovebox",
            keys: ["formats", "also", "base", "root", "posture", "limits"])
        var section = GloveboxSection()
        let formats = values.required("formats", in: fields, hint: "write 'formats: [jpeg]'")
        if let formats {
            values.note("x-glovebox.formats", formats)
            section.formats = readList(
                formats, named: "formats", element: "the format",
                among: ImageFormat.allCases.map { ($0.name, $0) }, values: &values)
            if formats.isEmptySequence {
                values.error(
                    at: formats.position, "a policy for no format is never used",
                    "name at least one format")
            }
        }
        if let also = fields["also"] {
            values.note("x-glovebox.also", also)
            section.also = readList(
                also, named: "also", element: "the format",
                among: ImageFormat.allCases.map { ($0.name, $0) }, values: &values)
            for format in section.also where section.formats.contains(format) {
                values.error(
                    at: also.position, "\(format.name) is among the formats already",
                    "name each format once, under formats or under also")
            }
        }
        section.base = fields["base"].flatMap { readBase($0, values: &values) }
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
                section.add(named)
            }
        }
        section.writtenLimits =
            fields["limits"].map { LimitsSection.read($0, values: &values) } ?? LimitsSection()
        section.root =
            fields["root"].flatMap { node in
                values.note("x-glovebox.root", node)
                return values.choice(
                    node, named: "the root", among: SandboxRoot.allCases.map { ($0.name, $0) })
            } ?? .empty
        return section
    }

    /// Requires more layers.
    mutating func add(_ layers: [Layer]) {
        requiredLayers += layers.filter { !requiredLayers.contains($0) }
    }

    /// A name, and nothing that leads out of the folder.
    private static func readBase(_ node: Node, values: inout StrictValues) -> Base? {
        guard let name = values.text(node, named: "the base") else { return nil }
        let isPlain =
            !name.contains("/") && !name.hasPrefix(".") && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, PolicyReader.isPolicyFile(name) else {
            values.error(
                at: node.position, "'\(StrictValues.shown(name))' is no policy in this folder",
                "write the name of a file beside this one, such as 'raster.yaml'")
            return nil
        }
        return Base(fileName: name, position: node.position)
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
            } else {
                found.append(value)
            }
        }
        return found
    }
}
