internal import Foundation
internal import Glibc

/// A server with S3's interface that verifies signatures: moto, of Tests/tools.txt, which keeps its
/// buckets in memory.
public final class BucketServer: Sendable {
    public struct Object: Sendable {
        public let bucket: String
        public let key: String
        public let bytes: [UInt8]
        /// Parameters of boto3's put_object, such as CacheControl.
        public let headers: [String: String]

        public init(
            _ bucket: String, _ key: String, _ bytes: [UInt8], headers: [String: String] = [:]
        ) {
            self.bucket = bucket
            self.key = key
            self.bytes = bytes
            self.headers = headers
        }
    }

    /// On 127.0.0.1.
    public let port: Int
    public let accessKey: String
    public let secretKey: String

    public static let region = "eu-central-1"

    /// Starts the server, does `work` with it, and ends it, whatever came of the work.
    public static func during(
        _ objects: [Object], _ work: (BucketServer) async throws -> Void
    ) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let program = try RunningProgram(
            try TestTools.python(), [TestTools.program("bucket_server.py")],
            environment: ["HOME": workspace.scratch.path, "PATH": "/usr/bin:/bin"],
            input: try input(objects))
        defer { program.signal(SIGKILL) }
        let errors = program.errors
        let ready = try await within(.seconds(60), "the start of the bucket server") {
            await errors.first { line in
                LogLine(line).flatMap { $0["port"].integer == nil ? nil : $0 }
            }
        }
        guard let ready, let server = BucketServer(ready) else {
            throw TimedOut(
                description: "the bucket server ended: \(errors.lines.joined(separator: "\n"))")
        }
        try await work(server)
    }

    private init?(_ ready: LogLine) {
        guard let port = ready["port"].integer, let accessKey = ready["access_key"].text,
            let secretKey = ready["secret_key"].text
        else { return nil }
        self.port = port
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    private static func input(_ objects: [Object]) throws -> [UInt8] {
        let wanted: [String: Any] = [
            "region": region,
            "buckets": Set(objects.map(\.bucket)).sorted(),
            "objects": objects.map { object in
                [
                    object.bucket, object.key, Data(object.bytes).base64EncodedString(),
                    object.headers,
                ] as [Any]
            },
        ]
        return try Array(JSONSerialization.data(withJSONObject: wanted))
    }
}
