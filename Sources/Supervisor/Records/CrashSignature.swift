import ImageVocabulary
import NIOCore
import WireProtocol

/// What equal crashes have in common: 16 hex digits.
enum CrashSignature {
    /// Of the class, the signal or the call, and the innermost frames, wherever their files were
    /// loaded. Where there are none, of how far the child had come.
    static func of(_ report: ChildReport, _ ending: ChildEnding) -> String {
        let life = report.life
        var parts =
            [ending.name] + (report.commonFrames ?? [report.policy.name, life.stage?.name ?? ""])
        if let call = life.deniedCall, !call.isAbort {
            parts.append("\(call.architecture) \(call.number)")
        }
        switch ending {
        case .crash(let signal), .memory(let signal?): parts.append("\(signal)")
        case .setup: parts.append(life.setupFailure?.stage ?? "")
        case .protocolError:
            if case .protocolError(let label) = life.killReason { parts.append(label) }
        default: break
        }
        return hash(parts)
    }

    static func hash(_ parts: [String]) -> String {
        String(InputDigest.hex(of: ByteBuffer(string: parts.joined(separator: "\n"))).prefix(16))
    }
}
