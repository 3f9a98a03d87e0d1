import Foundation
import ImageVocabulary
import NIOCore
import RequestSyntax
import TestSupport
import Testing

@testable import Supervisor

/// Against a server that is not ours and verifies signatures.
@Suite("Objects in buckets")
struct BucketSourceTests {
    /// The beginning of a GIF, which is all that is looked at here.
    private static func image(_ text: String) -> [UInt8] { Array("GIF89a\(text)".utf8) }

    private static let oddKeys = [
        "a.gif", "a b.gif", "a+b.gif", "100%.gif", "%41.gif", "x//y.gif", "/a.gif", "a/",
        "~t(1)'!*.gif", "a&b=c;d,e:f@g$h#i.gif", "ünï/日本.gif", "u\u{308}.gif", "[a]{b}|^`\"<>.gif",
    ]

    @Test("objects with odd keys come from the path and from the host", arguments: [true, false])
    func styles(_ pathStyle: Bool) async throws {
        // Behind a host, the server takes what follows two slashes for another one.
        let keys = Self.oddKeys.filter { pathStyle || !$0.hasPrefix("/") }
        let objects = keys.map { BucketServer.Object("photos", $0, Self.image($0)) }
        try await BucketServer.during(objects) { server in
            for key in keys {
                let source = try source(key, of: server, pathStyle: pathStyle)
                guard
                    case .image(let image, let validators) = try await source.collect(
                        largest: 1_000)
                else {
                    Issue.record("\(key) is not there")
                    continue
                }
                #expect(Array(image.source.bytes.readableBytesView) == Self.image(key), "\(key)")
                #expect(validators.etag?.isEmpty == false && validators.modified != nil)
            }
        }
    }

    @Test("what the client has is asked about, and what the object says of caches is told")
    func conditions() async throws {
        let object = BucketServer.Object(
            "photos", "a.gif", Self.image("a"), headers: ["CacheControl": "max-age=42"])
        try await BucketServer.during([object]) { server in
            let first = try await source("a.gif", of: server).collect(largest: 1_000)
            guard case .image(_, let validators) = first else {
                Issue.record("nothing is there")
                return
            }
            #expect(validators.cacheControl == "max-age=42")
            let again = try await source(
                "a.gif", of: server, conditions: SourceConditions(etag: validators.etag)
            ).collect(largest: 1_000)
            guard case .unchanged = again else {
                Issue.record("it came again")
                return
            }
            let other = try await source(
                "a.gif", of: server, conditions: SourceConditions(etag: "\"other\"")
            ).collect(largest: 1_000)
            guard case .image = other else {
                Issue.record("it was not sent")
                return
            }
        }
    }

    @Test("what cannot be had is told by the server's status, and a size is a limit")
    func failures() async throws {
        let object = BucketServer.Object("photos", "a.gif", Self.image("a"))
        try await BucketServer.during([object]) { server in
            let wrong = BucketKeys(access: server.accessKey, secret: Secret("wrong"))
            let nobody = BucketKeys(access: "AKIAIOSFODNN7EXAMPLE", secret: Secret("wrong"))
            let cases: [(BucketSource, Problem)] = [
                (try source("b.gif", of: server), SourceFailure.clientError(404).problem),
                (
                    try source("b.gif", in: "videos", of: server),
                    SourceFailure.clientError(404).problem
                ),
                (
                    try source("a.gif", of: server, keys: wrong),
                    SourceFailure.clientError(403).problem
                ),
                (
                    try source("a.gif", of: server, keys: nobody),
                    SourceFailure.clientError(403).problem
                ),
            ]
            for (source, problem) in cases {
                await #expect(throws: problem) { try await source.collect(largest: 1_000) }
            }
            await #expect(throws: Problem.overLimit(.inputBytes, 6)) {
                try await source("a.gif", of: server).collect(largest: 6)
            }
        }
    }

    @Test("a key that begins with a slash is sent as it is, behind the bucket's host too")
    func leadingSlash() async throws {
        let image = PathServer.answer("200 OK", "GIF89a")
        try await PathServer.with(["//a.gif": image]) { server in
            let keys = BucketKeys(access: "user", secret: Secret("secret"))
            let source = try source(
                "/a.gif", at: "http://s3.test:\(server.port)", pathStyle: false, keys,
                SourceConditions())
            guard case .image = try await source.collect(largest: 1_000) else {
                Issue.record("nothing came")
                return
            }
            #expect(server.lines == ["GET //a.gif HTTP/1.1"])
            #expect(server.requests[0].contains("photos.s3.test:\(server.port)\r\n"))
        }
    }

    @Test("a redirect is not followed, and a failure of the server is its own")
    func otherAnswers() async throws {
        try await PathServer.with(["/a.gif": PathServer.answer()]) { other in
            let location = "http://127.0.0.1:\(other.port)/a.gif"
            try await PathServer.with([
                "/photos/moved.gif": PathServer.redirect(location, 301),
                "/photos/later.gif": PathServer.redirect(location, 307),
                "/photos/broken.gif": PathServer.answer("503 Slow Down", "<Error/>"),
            ]) { server in
                let keys = BucketKeys(
                    access: "user", secret: Secret("never-sent"), session: Secret("session"))
                let cases: [(String, SourceFailure)] = [
                    ("moved.gif", .unexpected(301)), ("later.gif", .unexpected(301)),
                    ("broken.gif", .serverError(503)),
                ]
                for (key, failure) in cases {
                    let source = try source(
                        key, at: "http://127.0.0.1:\(server.port)", keys, SourceConditions())
                    await #expect(throws: failure.problem) {
                        try await source.collect(largest: 1_000)
                    }
                }
                #expect(server.requests.count == 3 && other.requests.isEmpty)
                for request in server.requests {
                    let fields = request.split(separator: "\r\n").dropFirst().map {
                        $0.split(separator: ":", maxSplits: 1).map(String.init)
                    }
                    let names = fields.map { $0[0].lowercased() }
                    #expect(names.count { $0 == "host" } == 1)
                    #expect(names.count { $0 == "authorization" } == 1)
                    #expect(request.contains("x-amz-security-token: session\r\n"))
                    #expect(!request.contains("never-sent"))
                }
            }
        }
    }

    private func source(
        _ key: String, in bucket: String = "photos", of server: BucketServer,
        pathStyle: Bool = true, keys: BucketKeys? = nil, conditions: SourceConditions = .init()
    ) throws -> BucketSource {
        let own = BucketKeys(access: server.accessKey, secret: Secret(server.secretKey))
        // The server takes the first part of a name for a bucket.
        let host = pathStyle ? "127.0.0.1" : "s3.test"
        return try source(
            key, in: bucket, at: "http://\(host):\(server.port)", pathStyle: pathStyle, keys ?? own,
            conditions)
    }

    private func source(
        _ key: String, in bucket: String = "photos", at endpoint: String, pathStyle: Bool = true,
        _ keys: BucketKeys, _ conditions: SourceConditions
    ) throws -> BucketSource {
        guard case .remote(let address) = try SourceAddress(endpoint) else {
            throw SourceAddressError.unknownScheme
        }
        // Loopback and the port are in no rule: the operator has named them.
        var rules = RemoteRules()
        rules.connectTimeout = .seconds(20)
        rules.answerTimeout = .seconds(20)
        rules.timeout = .seconds(60)
        return BucketSource(
            bucket: bucket, key: key,
            settings: BucketSettings(
                endpoint: address, region: BucketServer.region, pathStyle: pathStyle),
            keys: keys,
            fetcher: RemoteFetcher(
                lookup: TestLookup(["photos.s3.test": [["127.0.0.1"]]]),
                budget: MemoryBudget(bytes: 1 << 20)),
            rules: rules, conditions: conditions)
    }
}
