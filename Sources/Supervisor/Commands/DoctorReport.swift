import SandboxPolicy
import WireProtocol

/// Every layer there could be, with what became of it on this machine.
struct DoctorReport: Sendable {
    let posture: Posture
    /// The layers without which nothing starts, as the policy has them.
    let required: [Layer]
    /// The versions that the sandbox loaded; nil when it did not come to that.
    let libraries: (libvips: String, libmagic: UInt32)?

    /// Stable, for programs: the libraries, and in `layers` one entry for each layer.
    var json: JSONValue {
        .object([
            ("libvips", libraries.map { .string($0.libvips) } ?? .null),
            ("libmagic", libraries.map { .unsigned(UInt64($0.libmagic)) } ?? .null),
            ("layers", .array(Layer.allCases.map(entry))),
        ])
    }

    /// For people.
    var text: String {
        var text = "libvips \(libraries?.libvips ?? "was not loaded")\n\n"
        let width = Layer.allCases.map(\.title.count).max() ?? 0
        for layer in Layer.allCases {
            let state = state(of: layer)
            let padding = String(repeating: " ", count: width - layer.title.count + 2)
            let mark = required.contains(layer) && state != .enforced ? "  (required)" : ""
            text += "\(layer.title)\(padding)\(state.name)\(mark)\n    \(layer.reason)\n"
            if let remedy = remedy(for: layer) { text += "    → \(remedy)\n" }
        }
        return text
    }

    private func entry(_ layer: Layer) -> JSONValue {
        let state = state(of: layer)
        return .object([
            ("layer", .string(layer.rawValue)),
            ("title", .string(layer.title)),
            ("state", .string(state.name)),
            ("required", .bool(required.contains(layer))),
            ("reason", .string(layer.reason)),
            ("remedy", remedy(for: layer).map { .string($0) } ?? .null),
            ("detail", .unsigned(UInt64(posture[layer]?.detail ?? 0))),
        ])
    }

    private func remedy(for layer: Layer) -> String? {
        if state(of: layer) == .enforced { return nil }
        guard posture[layer] != nil || libraries != nil else {
            return "Nobody tried: setting up ended at another layer before."
        }
        return layer.remedy
    }

    /// A layer that nobody reported is not in force.
    private func state(of layer: Layer) -> LayerState { posture[layer]?.state ?? .unsupported }
}

extension StartFailure {
    /// What is known of the layers when the start came to nothing; nil when nothing is.
    var posture: Posture? {
        switch self {
        case .missing(_, let posture): return posture
        case .setup(let failure):
            guard let layer = Layer(rawValue: failure.stage) else { return nil }
            var posture = Posture()
            posture.set(layer, .unsupported, detail: UInt32(clamping: failure.code))
            return posture
        case .program, .libraries, .policy, .noAnswer: return nil
        }
    }
}
