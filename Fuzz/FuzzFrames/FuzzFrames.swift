import CFuzzer
import WireProtocol

/// Two properties of the wire: a stream read in any cuts gives what it gives at once, and a job
/// that parses encodes to the bytes it was parsed from.
@main
enum FuzzFrames {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            unsafe CommandLine.unsafeArgv
        // libFuzzer parses the process's own argument vector, which lives until the process ends.
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments, fuzzFrames)
        precondition(status == 0, "the fuzzer could not run")
    }

    /// The first byte chooses the property, the next seven seed the cuts.
    static func check(_ input: [UInt8]) {
        guard input.count > 8 else { return }
        let rest = Array(input[8...])
        if input[0] & 1 == 0 {
            checkCuts(of: rest, seed: input[1..<8])
        } else {
            checkJob(rest)
        }
    }

    private static func checkCuts(of stream: [UInt8], seed: ArraySlice<UInt8>) {
        let whole = Conversation(reading: stream, cuts: [])
        let pieces = Conversation(reading: stream, cuts: Array(seed))
        precondition(whole == pieces, "cuts changed what was read")
    }

    private static func checkJob(_ payload: [UInt8]) {
        guard let job = try? JobMessage(payload: payload.span) else { return }
        precondition(job.encoded().dropFirst(Frame.headerSize).elementsEqual(payload))
    }
}

/// What a reader took from a stream.
struct Conversation: Equatable {
    private var frames: [[UInt8]] = []
    private var kinds: [FrameKind] = []
    private var failure: WireError?
    private var rest: [UInt8] = []

    /// - Parameter cuts: sizes of the pieces, repeated; none for all at once.
    init(reading stream: [UInt8], cuts: [UInt8]) {
        var arrived = 0
        var round = 0
        while failure == nil, arrived < stream.count {
            let size = cuts.isEmpty ? stream.count : Int(cuts[round % cuts.count] % 16) + 1
            let end = min(arrived + size, stream.count)
            rest += stream[arrived..<end]
            arrived = end
            round += 1
            drain()
        }
        // After a refusal nobody looks at what else has arrived.
        if failure != nil { rest = [] }
    }

    private mutating func drain() {
        do throws(WireError) {
            while true {
                let step = try FrameReader.next(in: rest.span) { $0 != .pong }
                guard case .frame(let kind, let payload) = step else { return }
                kinds.append(kind)
                frames.append(Array(rest[payload]))
                rest.removeFirst(payload.upperBound)
            }
        } catch {
            failure = error
        }
    }
}

/// libFuzzer's entry.
@c(LLVMFuzzerTestOneInput)
public func fuzzFrames(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    // libFuzzer lends `size` readable bytes for the length of this call.
    let bytes = unsafe UnsafeBufferPointer(start: data, count: size)
    FuzzFrames.check(unsafe Array(bytes))
    return 0
}
