import FoundationEssentials
import Hummingbird
import ImageVocabulary
import Logging
import NIOCore

/// The body of `PUT /cmd/log-level`: `{"level":"debug"}`, or just `debug`.
enum LogLevelBody {
    private struct Wanted: Decodable {
        var level: String
    }

    static func level(_ body: [UInt8]) throws(Problem) -> Logger.Level {
        var name = String(decoding: body, as: UTF8.self)
        if let wanted = try? JSONDecoder().decode(Wanted.self, from: Data(body)) {
            name = wanted.level
        }
        while name.last?.isWhitespace == true { name.removeLast() }
        guard let level = Logger.Level(rawValue: name) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformedRequest(
                "Send {\"level\":\"debug\"}, or the level alone. Levels are \(names).")
        }
        return level
    }
}

/// A request's body that is a line or two.
enum SmallBody {
    private static let time = Duration.seconds(5)

    /// - Parameter largest: the most bytes of it.
    static func read(
        _ request: Request, from client: Client, largest: Int = 1_024
    ) async throws(Problem) -> [UInt8] {
        let body = request.body
        client.wantBody()
        let read = await withDeadline(.now + time) { () -> Result<[UInt8], Problem> in
            var bytes: [UInt8] = []
            do {
                for try await part in body {
                    guard part.readableBytes <= largest - bytes.count else {
                        return .failure(.overLimit(.inputBytes, UInt64(largest)))
                    }
                    bytes += part.readableBytesView
                }
            } catch {
                return .failure(.clientGone)
            }
            return .success(bytes)
        }
        guard let read else { throw .bodyTimeout }
        return try read.get()
    }
}
