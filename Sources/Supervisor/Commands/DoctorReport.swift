import Glibc
import SandboxPolicy

/// Every layer there could be, with what became of it on this machine.
struct DoctorReport: Sendable {
    /// The posture that was asked for.
    let named: NamedPosture
    let posture: Posture
    /// The layers without which nothing starts, as the policy and the posture have them.
    let required: [Layer]
    /// The versions that the sandbox loaded; nil when it did not come to that.
    let libraries: (libvips: String, libmagic: UInt32)?
    let machine: HostFacts
    /// The account under which the service would work.
    var account = ""
    var policies: [DoctorPolicy] = []

    /// Stable, for programs: the posture, the libraries, the policies, and in `layers` one entry for
    /// each layer.
    var json: JSONValue {
        .object([
            ("posture", .string(named.rawValue)),
            ("libvips", libraries.map { .string($0.libvips) } ?? .null),
            ("libmagic", libraries.map { .unsigned(UInt64($0.libmagic)) } ?? .null),
            ("account", .string(account)),
            ("policies", .array(policies.map(\.json))),
            ("layers", .array(Layer.allCases.map(entry))),
        ])
    }

    /// For people.
    var text: String {
        var text = "posture \(named.rawValue)\n"
        text += "libvips \(libraries?.libvips ?? "was not loaded")\n\n"
        if !policies.isEmpty {
            let lines =
                ["policies"] + policies.flatMap(\.lines)
                + DoctorPolicy.exposureLines(of: policies, account: account)
            text += lines.joined(separator: "\n") + "\n\n"
        }
        let width = Layer.allCases.map(\.title.count).max() ?? 0
        for layer in Layer.allCases {
            let state = state(of: layer)
            let padding = String(repeating: " ", count: width - layer.title.count + 2)
            let more = note(on: layer).map { ": \($0)" } ?? ""
            let mark = required.contains(layer) && state != .enforced ? "  (required)" : ""
            text += "\(layer.title)\(padding)\(state.name)\(more)\(mark)\n"
            var lines = WrappedText.lines(layer.reason, first: "    ", rest: "    ")
            if let loss = loss(of: layer) {
                lines += WrappedText.lines(loss, first: "    lost: ", rest: "          ")
            }
            for other in others(on: layer) {
                let note = other.note.map { ": \($0)" } ?? ""
                lines.append("    policy \(other.policy): \(other.state.name)\(note)")
            }
            for remedy in remedies(for: layer) {
                lines += WrappedText.lines(remedy, first: "    → ", rest: "      ")
            }
            text += lines.joined(separator: "\n") + "\n"
        }
        return text
    }

    private func entry(_ layer: Layer) -> JSONValue {
        let state = state(of: layer)
        let remedies = remedies(for: layer)
        return .object([
            ("layer", .string(layer.rawValue)),
            ("title", .string(layer.title)),
            ("state", .string(state.name)),
            ("required", .bool(required.contains(layer))),
            ("reason", .string(layer.reason)),
            ("remedy", remedies.isEmpty ? .null : .string(remedies.joined(separator: " "))),
            ("detail", .unsigned(UInt64(posture[layer]?.detail ?? 0))),
            ("note", note(on: layer).map { .string($0) } ?? .null),
            ("lost", loss(of: layer).map { .string($0) } ?? .null),
            (
                "policies",
                .array(
                    others(on: layer).map { other in
                        .object([
                            ("policy", .string(other.policy)),
                            ("state", .string(other.state.name)),
                            ("detail", .unsigned(UInt64(other.detail))),
                            ("note", other.note.map { .string($0) } ?? .null),
                        ])
                    })
            ),
        ])
    }

    /// A layer that is another one in the children of some policy.
    private struct Other {
        var policy: String
        var state: LayerState
        var detail: UInt32
        var note: String?
    }

    /// What the policies have of a layer that differs from what is shown for all.
    private func others(on layer: Layer) -> [Other] {
        policies.compactMap { policy in
            guard let posture = policy.posture, posture[layer] != self.posture[layer] else {
                return nil
            }
            let entry = posture[layer] ?? Posture.Entry(layer, .unsupported)
            return Other(
                policy: policy.name, state: entry.state, detail: entry.detail,
                note: note(on: layer, in: posture))
        }
    }

    private func remedies(for layer: Layer) -> [String] {
        guard state(of: layer) != .enforced else { return [] }
        guard !isUntried(layer) else {
            return ["Nobody tried: setting up ended at another layer before."]
        }
        let code = layer == .groups ? 0 : posture[layer]?.detail ?? 0
        return machine.remedies(for: layer, code: Int32(clamping: code), in: posture).map(\.text)
    }

    /// What the posture costs by doing without the layer; nil where it costs nothing.
    private func loss(of layer: Layer) -> String? {
        named.lost(in: posture).contains(layer) ? layer.loss : nil
    }

    private func note(on layer: Layer) -> String? { note(on: layer, in: posture) }

    /// What the detail of a layer means.
    private func note(on layer: Layer, in posture: Posture) -> String? {
        let detail = posture[layer]?.detail ?? 0
        switch (layer, posture[layer]?.state ?? .unsupported) {
        case (.groups, .unsupported): return "\(detail) held"
        case (_, .unsupported) where detail != 0:
            // The text is static, or valid until the next call on this thread, and copied at once.
            return unsafe strerror(Int32(clamping: detail)).map { unsafe String(cString: $0) }
        case (.seccomp, .enforced) where machine.hasForeignFilter:
            return "what a filter around this program refuses by itself leaves no record"
        case (.emptyRoot, .enforced) where detail != 0:
            return "\(detail) folders of its own, which can only be read"
        case (.landlock, .enforced): return "ABI \(detail)"
        case (.speculationControl, .enforced):
            let kinds = [(1, "store bypass"), (2, "indirect branches")]
            return kinds.filter { detail & UInt32($0.0) != 0 }.map(\.1)
                .joined(separator: " and ")
        default: return nil
        }
    }

    /// Whether the start ended before it came to the layer. Control groups nobody joins.
    private func isUntried(_ layer: Layer) -> Bool {
        posture[layer] == nil && libraries == nil && layer != .cgroup
    }

    /// A layer that nobody reported is not in force.
    private func state(of layer: Layer) -> LayerState { posture[layer]?.state ?? .unsupported }
}

extension StartFailure {
    /// What is known of the layers when the start came to nothing; nil when nothing is.
    var posture: Posture? {
        if case .missing(_, let posture) = self { return posture }
        guard !lackingLayers.isEmpty else { return nil }
        var posture = Posture()
        for (layer, code) in lackingLayers {
            posture.set(layer, .unsupported, detail: UInt32(clamping: code))
        }
        return posture
    }
}
