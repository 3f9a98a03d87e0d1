import ImageVocabulary
import NIOCore
import WireProtocol

/// What equal crashes have in common: 16 hex digits.
struct CrashSignature: Equatable, Sendable {
    let text: String
    /// Who told the frames in it.
    let source: Source

    /// Whose word a signature rests on.
    enum Source: String, Codable, CaseIterable, Sendable {
        /// The zygote's, which read the held child's stack. The words on that were the child's to
        /// write all the same.
        case zygote
        /// The child's own: who has taken it over chooses its signature.
        case child
        /// There were no frames: of what the service knows, and the stage that the child named.
        case none
    }

    /// Of the class, the signal or the call, and the innermost frames, wherever their files were
    /// loaded. Where there are none, of how far the child had come.
    init(_ report: ChildReport, _ ending: ChildEnding) {
        let frames: [String]
        // By the zygote's word where there is one.
        if let observed = report.observedStack?.commonFrames {
            (frames, source) = (observed, .zygote)
        } else if report.observedStack == nil, let reported = report.reportedStack?.commonFrames {
            (frames, source) = (reported, .child)
        } else {
            (frames, source) = ([report.policy.name, report.life.stage?.name ?? ""], .none)
        }
        text = Self.hash([ending.name] + frames + Self.circumstances(report, ending))
    }

    /// What the kernel and the service saw, as far as it tells crashes apart: of nothing that a child
    /// can choose without dying in that very way.
    static func seen(_ report: ChildReport, _ ending: ChildEnding) -> String {
        ([ending.name] + circumstances(report, ending)).joined(separator: " ")
    }

    private static func circumstances(_ report: ChildReport, _ ending: ChildEnding) -> [String] {
        let life = report.life
        var parts: [String] = []
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
        return parts
    }

    static func hash(_ parts: [String]) -> String {
        String(InputDigest.hex(of: ByteBuffer(string: parts.joined(separator: "\n"))).prefix(16))
    }
}
