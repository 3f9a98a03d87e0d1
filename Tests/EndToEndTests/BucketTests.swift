import Foundation
import Glibc
import TestSupport
import Testing

/// Objects of a real server, which verifies signatures, through signed URLs.
@Suite("Images from S3-compatible buckets", .ownProcess)
struct BucketTests {
    private static let keys = [
        "a.png", "folder/a.png", "a b.png", "a+b.png", "100%.png", "%41.png", "x//y.png", "/a.png",
        "~t(1)'!*.png", "a&b=c;d,e:f@g$h#i.png", "ünï/日本.png", "u\u{308}.png", "@png", "a@jpg",
    ]

    /// 200 pixels wide, and as high as its number tells: no two are mistaken for one another.
    private static func image(_ number: Int) -> [UInt8] {
        ReferenceImage(width: 200, height: 40 + 20 * number) { x, y in
            ReferenceImage.Pixel(UInt8(x), UInt8(y % 256), 90)
        }.encoded(".png")
    }

    private static let objects = keys.enumerated().map {
        BucketServer.Object("photos", $0.element, image($0.offset))
    }

    @Test("objects with odd keys are served")
    func served() async throws {
        try await BucketServer.during(Self.objects) { server in
            try await during(Self.configuration(server)) { service in
                for (number, key) in Self.keys.enumerated() {
                    let answer = try await service.http.get(Self.target("photos", key))
                    #expect(answer.status == 200, "\(key): \(answer.text)")
                    #expect(SampleFormat.png.begins(answer.body))
                    let result = ReferenceImage(decoding: answer.body)
                    #expect(result?.width == 100 && result?.height == 20 + 10 * number, "\(key)")
                }
            }
        }
    }

    @Test("what cannot be had sounds as it does elsewhere, and the log has no secrets")
    func failures() async throws {
        let objects = Self.objects.prefix(1) + [.init("videos", "a.png", Self.image(0))]
        try await BucketServer.during(Array(objects)) { server in
            let settings =
                Self.configuration(server)
                + "sources:\n  failure_cache: 0s\n  allowed: s3://photos/, s3://nowhere/\n"
            try await during(settings) { service in
                let cases = [
                    ("photos", "missing.png", 404, "Source is unreachable", "404"),
                    ("nowhere", "a.png", 404, "Source is unreachable", "404"),
                    ("videos", "a.png", 404, "Invalid source URL", "the list of sources"),
                    ("photos", "../a.png", 404, "Invalid source URL", "leads out of itself"),
                ]
                for (bucket, key, status, text, reason) in cases {
                    let answer = try await service.http.get(Self.target(bucket, key))
                    #expect(
                        answer.status == status && answer.text == text, "\(bucket) \(key)")
                    try await service.logs("s3://\(bucket)/\(key)", reason)
                }
                #expect(
                    !service.program.errors.lines.contains {
                        $0.contains(server.secretKey) || $0.contains(server.accessKey)
                    })
            }
        }
    }

    @Test("a wrong secret is refused by the server, and a reload brings the right one")
    func reload() async throws {
        try await BucketServer.during(Array(Self.objects.prefix(1))) { server in
            let memory = "sources:\n  failure_cache: 0s\n"
            try await during(Self.configuration(server, secret: "wrong") + memory) { service in
                let target = Self.target("photos", Self.keys[0])
                let answer = try await service.http.get(target)
                #expect(answer.status == 403 && answer.text == "Source is unreachable")
                try await service.logs("s3://photos/\(Self.keys[0])", "403")
                try service.workspace.write(
                    Array((Self.configuration(server) + memory).utf8), to: "glovebox.yaml")
                service.program.signal(SIGHUP)
                try await eventually("the right secret is used") {
                    try await service.http.get(target).status == 200
                }
            }
        }
    }

    @Test("without keys there are no buckets")
    func off() async throws {
        try await during("s3:\n  endpoint: http://127.0.0.1:9\n") { service in
            let answer = try await service.http.get(Self.target("photos", "a.png"))
            #expect(answer.status == 404 && answer.text == "Source is unreachable")
            try await service.logs("s3://photos/a.png", "there are no sources with the scheme s3")
        }
    }

    private static func configuration(_ server: BucketServer, secret: String? = nil) -> String {
        """
        s3:
          endpoint: http://127.0.0.1:\(server.port)
          region: \(BucketServer.region)
          access_key: \(server.accessKey)
          secret_key: "\(secret ?? server.secretKey)"

        """
    }

    private static func target(_ bucket: String, _ key: String) -> String {
        // Two slashes in a row may be made one on the way.
        let escaped = key.utf8.map { byte in
            let isPlain = UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80
            return isPlain || byte == UInt8(ascii: ".")
                ? String(UnicodeScalar(byte)) : String(format: "%%%02X", Int(byte))
        }
        return "/sig/rs:fit:100:0/plain/s3%3A//\(bucket)/\(escaped.joined())@png"
    }

    private func during(
        _ configuration: String, _ work: (Service) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let file = try workspace.write(Array(configuration.utf8), to: "glovebox.yaml")
        try await Service.during(
            as: .ordinaryUser, in: workspace, options: ["--config", file], work)
    }
}

extension Service {
    /// Waits for the line that says why a source was not used.
    fileprivate func logs(_ source: String, _ reason: String) async throws {
        let errors = program.errors
        let line = try await within(.seconds(20), "why \(source) was not used") {
            await errors.first { text -> LogLine? in
                guard let line = LogLine(text), line.message == "source not used",
                    line["source"].text == source
                else { return nil }
                return line
            }
        }
        #expect(line?["reason"].text?.contains(reason) == true, "\(String(describing: line))")
    }
}
