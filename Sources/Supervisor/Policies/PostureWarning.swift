import Logging
import SandboxPolicy

extension Logger {
    /// Says what a weaker posture that the operator has named costs on this machine.
    func warn(of named: NamedPosture, _ posture: Posture) {
        guard named != .strict else { return }
        let lost = named.lost(in: posture)
        guard !lost.isEmpty else {
            notice(
                "every layer is in force, the posture strict would start as well",
                metadata: ["posture": "\(named.rawValue)"])
            return
        }
        warning(
            "a weaker posture is in force",
            metadata: [
                "posture": "\(named.rawValue)",
                "lost": .array(lost.map { "\($0.rawValue)" }),
                "what_is_lost": .array(lost.compactMap(\.loss).map { "\($0)" }),
            ])
    }
}
