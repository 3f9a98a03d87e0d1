import Foundation
import Randomness
import RequestSyntax
import TestSupport
import Testing

@testable import Supervisor

/// What is asked for an object, compared with what AWS's own client would ask.
@Suite("Requests for objects")
struct BucketRequestTests {
    @Test(
        "a key is escaped once, and nothing of it is tidied up",
        arguments: [
            ("a.png", "a.png"), ("a/b/c.png", "a/b/c.png"), ("a b.png", "a%20b.png"),
            ("a+b.png", "a%2Bb.png"), ("100%.png", "100%25.png"), ("%41.png", "%2541.png"),
            ("a%2Fb", "a%252Fb"), ("a//b", "a//b"), ("/a", "/a"), ("a/", "a/"),
            ("~a-b_c.d", "~a-b_c.d"), ("(a)'b'*!", "%28a%29%27b%27%2A%21"),
            ("a&b=c;d,e:f@g$h", "a%26b%3Dc%3Bd%2Ce%3Af%40g%24h"), ("a?b#c", "a%3Fb%23c"),
            ("[a]{b}|\\^`\"<>", "%5Ba%5D%7Bb%7D%7C%5C%5E%60%22%3C%3E"), ("ü", "%C3%BC"),
            ("u\u{308}", "u%CC%88"), ("日", "%E6%97%A5"), ("😀", "%F0%9F%98%80"),
        ])
    func escaped(_ key: String, _ path: String) {
        #expect(ObjectPath.escaped(key) == path)
    }

    @Test(
        "a bucket is in the host where that can be, and else in the path",
        arguments: [
            (nil, true, "photos", "https://photos.s3.eu-west-1.amazonaws.com/a.png"),
            (nil, false, "photos", "https://photos.s3.eu-west-1.amazonaws.com/a.png"),
            (nil, true, "pho.tos", "https://s3.eu-west-1.amazonaws.com/pho.tos/a.png"),
            (nil, true, "Photos", "https://s3.eu-west-1.amazonaws.com/Photos/a.png"),
            (nil, true, "photos-", "https://s3.eu-west-1.amazonaws.com/photos-/a.png"),
            ("http://minio:9000", true, "photos", "http://minio:9000/photos/a.png"),
            ("http://minio:9000", false, "photos", "http://photos.minio:9000/a.png"),
            ("http://minio:9000", false, "pho.tos", "http://minio:9000/pho.tos/a.png"),
            ("http://[::1]:9000", true, "photos", "http://[::1]:9000/photos/a.png"),
            ("https://s3.example.com", false, "photos", "https://photos.s3.example.com/a.png"),
        ])
    func addresses(_ endpoint: String?, _ pathStyle: Bool, _ bucket: String, _ text: String) throws
    {
        let settings = try settings(endpoint, "eu-west-1", pathStyle)
        #expect(try settings.address(bucket: bucket, key: "a.png").text == text)
    }

    @Test("addresses and signatures are those of AWS's own client")
    func sameAsBoto() async throws {
        var random = RepeatableRandom(seed: 4)
        let cases = (0..<400).map { _ in Case(&random) }
        let program = try RunningProgram(
            try TestTools.python(), [TestTools.program("bucket_requests.py")],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"],
            input: Array(try JSONEncoder().encode(cases)))
        let answers = try JSONDecoder().decode(
            [[String]].self, from: Data(await program.allOutput))
        #expect(await program.end == .status(0), "\(program.errors.lines)")
        try #require(answers.count == cases.count)
        for (one, answer) in zip(cases, answers) {
            let settings = try settings(one.endpoint, one.region, one.pathStyle)
            let address = try settings.address(bucket: one.bucket, key: one.key)
            #expect(address.text == answer[0])
            let keys = BucketKeys(
                access: one.accessKey, secret: Secret(one.secretKey),
                session: one.sessionToken.map { Secret($0) })
            let fields = SignatureV4(keys: keys, region: one.region).signed(
                path: address.target, [("Host", address.authority)],
                at: Date(timeIntervalSince1970: Double(one.time)))
            #expect(fields.last?.name == "Authorization")
            #expect(fields.last?.value == answer[1], "\(one)")
        }
    }

    private func settings(
        _ endpoint: String?, _ region: String, _ pathStyle: Bool
    ) throws -> BucketSettings {
        var settings = BucketSettings()
        if let endpoint, case .remote(let address) = try SourceAddress(endpoint) {
            settings.endpoint = address
        }
        settings.region = region
        settings.pathStyle = pathStyle
        return settings
    }
}

/// One request, as Tests/Python/bucket_requests.py reads it.
private struct Case: Encodable {
    let endpoint: String?
    let region: String
    let pathStyle: Bool
    let bucket: String
    let key: String
    let accessKey: String
    let secretKey: String
    let sessionToken: String?
    let time: Int

    private enum CodingKeys: String, CodingKey {
        case endpoint, region, bucket, key, time
        case pathStyle = "path_style"
        case accessKey = "access_key"
        case secretKey = "secret_key"
        case sessionToken = "session_token"
    }

    init(_ random: inout RepeatableRandom) {
        let endpoints = [
            nil, "http://127.0.0.1:9000", "https://minio.example.com", "http://[::1]:9000",
            "https://minio.example.com:9000", "http://minio.example.com",
        ]
        endpoint = endpoints.randomElement(using: &random) ?? nil
        let regions = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]
        region = regions.randomElement(using: &random) ?? ""
        pathStyle = endpoint?.contains("minio") != true || Bool.random(using: &random)
        bucket = Self.text("abcxyz0189", 3...20, &random)
        let key = Self.text(
            "aZ09-._~/ !\"#$%&'()*+,:;<=>?@[]^`{|}é\u{308}日😀", 1...60, &random)
        // A client that is asked for a dot as a part of the path goes elsewhere; such keys are refused.
        self.key = "k" + key.replacing("/.", with: "/k")
        accessKey = Self.text("ABCXYZ019", 3...20, &random)
        secretKey = Self.text("abcXYZ019/+", 8...40, &random)
        sessionToken =
            Bool.random(using: &random) ? Self.text("abcXYZ019/+=", 8...400, &random) : nil
        time = Int.random(in: 0...4_000_000_000, using: &random)
    }

    private static func text(
        _ characters: String, _ lengths: ClosedRange<Int>, _ random: inout RepeatableRandom
    ) -> String {
        let scalars = Array(characters.unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: lengths, using: &random) {
            text.append(scalars[Int.random(in: scalars.indices, using: &random)])
        }
        return String(text)
    }
}
