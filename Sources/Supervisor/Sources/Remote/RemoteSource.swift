import NIOCore
import RequestSyntax

/// An image that a web server has.
struct RemoteSource: ImageSource {
    let address: RemoteAddress
    let fetcher: RemoteFetcher
    let rules: RemoteRules
    let conditions: SourceConditions

    func collect(largest: Int) async throws(Problem) -> SourceAnswer {
        let answer: RemoteAnswer
        do throws(SourceFailure) {
            answer = try await fetcher.collect(address, conditions, largest: largest, rules)
        } catch {
            throw error.problem
        }
        return try SourceAnswer(answer)
    }
}

extension SourceAnswer {
    /// What a web server or a bucket has answered.
    init(_ answer: RemoteAnswer) throws(Problem) {
        switch answer {
        case .unchanged(let validators): self = .unchanged(validators)
        case .image(let bytes, let sha256, let share, let validators):
            guard bytes.readableBytes > 0 else { throw .source(.empty) }
            // What a server says of the type counts for nothing: too many say anything.
            let source = try SourceBytes(bytes, sha256: sha256, announced: .nothing)
            self = .image(CollectedSource(source: source, share: share), validators)
        }
    }
}
