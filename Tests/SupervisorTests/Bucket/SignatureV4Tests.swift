import Foundation
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("AWS Signature Version 4")
struct SignatureV4Tests {
    /// The keys and the time of the examples in the Amazon S3 API Reference.
    private static let keys = BucketKeys(
        access: "AKIAIOSFODNN7EXAMPLE",
        secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    private static let time = Date(timeIntervalSince1970: 1_369_353_600)

    @Test("the example GET Object of the Amazon S3 API Reference")
    func published() {
        let signature = SignatureV4(keys: Self.keys, region: "us-east-1")
        let fields = signature.signed(
            path: "/test.txt",
            [("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9")], at: Self.time)
        #expect(
            value("Authorization", in: fields)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                + "aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(value("x-amz-date", in: fields) == "20130524T000000Z")
        #expect(
            value("x-amz-content-sha256", in: fields)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(value("x-amz-security-token", in: fields) == nil)
    }

    @Test("a session's token is sent and signed, and no secret is sent")
    func session() {
        var keys = Self.keys
        keys.session = Secret("lent-for-an-hour")
        let fields = SignatureV4(keys: keys, region: "eu-central-1").signed(
            path: "/a", [("Host", "localhost:9000")], at: Self.time)
        #expect(value("x-amz-security-token", in: fields) == "lent-for-an-hour")
        #expect(
            value("Authorization", in: fields)?.contains(
                "host;x-amz-content-sha256;x-amz-date;x-amz-security-token") == true)
        #expect(!fields.contains { $0.value.contains(keys.secret.text) })
    }

    @Test("keys are not shown")
    func hidden() {
        #expect(!"\(Self.keys)".contains(Self.keys.secret.text))
        var dumped = ""
        dump(Self.keys, to: &dumped)
        #expect(!dumped.contains(Self.keys.secret.text))
    }

    private func value(_ name: String, in fields: [SignatureV4.Field]) -> String? {
        fields.first { $0.name == name }?.value
    }
}
