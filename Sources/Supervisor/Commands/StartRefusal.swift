import SandboxPolicy
import WireProtocol

/// What an operator reads when the sandbox could not be started: what failed, the line that mends it
/// on this machine, and the line that does without, with what that costs.
struct StartRefusal: Sendable {
    let failure: StartFailure
    let machine: HostFacts

    var text: String {
        let lacking = failure.lackingLayers
        guard !lacking.isEmpty else { return failure.description }
        return ([failure.description] + mending(lacking) + doingWithout(lacking.map(\.layer)))
            .joined(separator: "\n")
    }

    private func mending(_ lacking: [(layer: Layer, code: Int32)]) -> [String] {
        var remedies: [Remedy] = []
        for (layer, code) in lacking {
            let more = machine.remedies(for: layer, code: code, in: failure.posture ?? Posture())
            remedies += more.filter { !remedies.contains($0) }
        }
        return remedies.flatMap { remedy in
            guard let place = remedy.place, let line = remedy.line else { return [remedy.cause] }
            return ["\(remedy.cause) \(place):", "    \(line)"]
        }
    }

    /// Nothing, where no posture does without one of the layers.
    private func doingWithout(_ layers: [Layer]) -> [String] {
        let weaker = NamedPosture.container
        guard weaker.required(of: layers).isEmpty else {
            return ["No posture does without it."]
        }
        let lost = weaker.dispensable.filter { one in
            layers.contains { weaker.lost(with: $0).contains(one) }
        }
        let costs = lost.compactMap { layer in layer.loss.map { "    \(layer.title): \($0)" } }
        return [
            "Or accept a weaker posture (GLOVEBOX_POSTURE=\(weaker.rawValue) does the same):",
            "    --posture \(weaker.rawValue)",
            "It goes without what this machine does not give. Lost with it:",
        ] + costs
    }
}

extension StartFailure {
    /// The layers without which the start ended, each with the errno that the kernel answered.
    var lackingLayers: [(layer: Layer, code: Int32)] {
        switch self {
        case .missing(let layers, let posture):
            return layers.map { layer in
                let entry = posture[layer]
                // Groups have no errno but their number there.
                let code = layer == .groups ? 0 : entry?.detail ?? 0
                return (layer, Int32(clamping: code))
            }
        case .setup(let failure):
            return Layer(rawValue: failure.stage).map { [($0, failure.code)] } ?? []
        case .program, .libraries, .policy, .formats, .configuration, .noAnswer, .child, .canary:
            return []
        }
    }
}
