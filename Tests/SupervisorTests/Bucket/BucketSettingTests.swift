import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Settings of buckets")
struct BucketSettingTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("there are no buckets until both keys are set")
    func off() throws {
        #expect(try folder.loader().load(for: .command).s3.keys == nil)
        let both = ["GLOVEBOX_S3_ACCESS_KEY": "user", "GLOVEBOX_S3_SECRET_KEY": "secret"]
        let keys = try folder.loader(variables: both).load(for: .command).s3.keys
        #expect(keys == BucketKeys(access: "user", secret: Secret("secret")))
    }

    @Test("all of it comes from a file, secrets from files that it names")
    func fromFile() throws {
        try folder.write("from a file".replacing(" ", with: "-") + "\n", to: "secret")
        try folder.write(
            """
            s3:
              endpoint: https://minio.example.com:9000/
              region: eu-central-1
              access_key: user
              secret_key_file: secret
              session_token: token
              path_style: false
            """, to: "glovebox.yaml")
        let s3 = try folder.loader().load(for: .command).s3
        #expect(s3.endpoint?.text == "https://minio.example.com:9000/")
        #expect(s3.region == "eu-central-1" && !s3.pathStyle)
        #expect(s3.keys?.secret.text == "from-a-file" && s3.keys?.session?.text == "token")
    }

    @Test(
        "half of the keys is a problem",
        arguments: [
            (["ACCESS_KEY"], "s3.secret_key: there is none, and there is s3.access_key."),
            (["SECRET_KEY"], "s3.access_key: there is none, and there is s3.secret_key."),
            (["SESSION_TOKEN"], "GLOVEBOX_S3_SESSION_TOKEN: the keys that it goes with are not"),
            (["ACCESS_KEY", "SESSION_TOKEN"], "s3.secret_key: there is none, and there is"),
        ])
    func halves(_ names: [String], _ beginning: String) {
        let variables = Dictionary(
            uniqueKeysWithValues: names.map { ("GLOVEBOX_S3_\($0)", "something") })
        let problems = folder.loader(variables: variables, dev: true).problems(.serving)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(beginning) == true, "\(problems)")
    }

    @Test("a bucket's name does not fit before an address")
    func bucketsOfAddress() {
        for endpoint in ["http://127.0.0.1:9000", "http://[::1]:9000"] {
            var variables = ["GLOVEBOX_S3_ENDPOINT": endpoint]
            #expect(folder.loader(variables: variables, dev: true).problems(.serving) == [])
            variables["GLOVEBOX_S3_PATH_STYLE"] = "false"
            let problems = folder.loader(variables: variables, dev: true).problems(.serving)
            #expect(problems.count == 1)
            #expect(problems.first?.contains("Write s3.path_style: true, or a name") == true)
        }
    }

    @Test(
        "an endpoint is a server and nothing behind it",
        arguments: [
            "minio:9000", "ftp://minio", "http://minio/bucket", "http://minio/?a",
            "http://minio/#a",
            "http://user@minio", "http://user:secret@minio", "s3://bucket/key", "local:///a",
            "http://", "http://minio:0", "http://minio:70000", "http://0x7f.1",
        ])
    func endpoints(_ text: String) {
        let problems = folder.loader(variables: ["GLOVEBOX_S3_ENDPOINT": text]).problems()
        #expect(problems.count == 1)
        #expect(problems.first?.contains("is no address of a server alone") == true, "\(problems)")
    }

    @Test(
        "what would lead out of a field or a host's name",
        arguments: [
            ("REGION", "eu.central"), ("REGION", "EU"), ("REGION", "a/b"), ("REGION", "-a"),
            ("ACCESS_KEY", "a/b"), ("ACCESS_KEY", "a,b"), ("ACCESS_KEY", "a b"),
            ("ACCESS_KEY", "a\r\nb"), ("SECRET_KEY", "a b"), ("SESSION_TOKEN", "a\nb"),
        ])
    func shapes(_ name: String, _ value: String) {
        let problems = folder.loader(variables: ["GLOVEBOX_S3_\(name)": value]).problems()
        #expect(problems.count == 1 && problems.first?.hasPrefix("GLOVEBOX_S3_\(name): ") == true)
    }
}
