import ImageVocabulary
import RequestSyntax
import Testing

@testable import Supervisor

/// The signatures were made with the module hmac of Python 3.
@Suite("Signatures of queries")
struct SignedQueryVerifyTests {
    private static let long = (
        "3f9c1e77a0d25b84c6e1903f7ab2d45860f7c9e2b318a4d5e6f70819a2b3c4d5",
        String(repeating: "9b04d7e1c2f35a68", count: 4)
    )
    private static let short = ("c7d1a86e05f2934bb8e46f1d2c7a9035", "5e20f9b3a1c8d7461b93e4f0")
    private static let end: Int64 = 1_790_000_000

    private static let vectors: [((String, String), String, String, Int, String)] = [
        (
            long, "POST", "/v1/process?rs=fill:300:200&f=webp&exp=1790000000", 32,
            "WjAqSTx_fPaZ9Iy6h0gfHWiUuBtOpJretu1TY3iz0e0"
        ),
        (long, "POST", "/v1/process?exp=1790000000", 8, "m3ySDAqO7Jk"),
        (
            short, "GET", "/v1/images/a%20b.jpg?w=8&exp=1790000000&f=png", 32,
            "qkv2C5Ie6SBvEuYZdM8EpzlV2KQ8XpisvGtpgB2ho84"
        ),
        (
            short, "POST", "/v1/batch?options=w:8&&exp=1790000000&options=w:9", 32,
            "E5bYRqHI-CSSfrEnC8Q_iOpCb5gGv9tbNXzziywBuaQ"
        ),
    ]

    private func settings(
        _ pairs: [(String, String)], size: Int = 32, dev: Bool = false
    ) throws -> LiveSettings.Values {
        var values = LiveSettings.Values(
            limits: JobLimits(), jobTime: .seconds(1), http: HTTPLimits())
        values.isDevelopment = dev
        func bytes(_ hex: String) throws -> [UInt8] {
            try #require(Hexadecimal.bytes(hex.utf8))
        }
        values.signing.keys.values = try pairs.map { try bytes($0.0) }
        values.signing.salts.values = try pairs.map { try bytes($0.1) }
        values.signing.signatureSize = size
        values.signing.trusted.values = ["trusted"]
        return values
    }

    private func verify(
        _ method: String, _ target: String, _ settings: LiveSettings.Values, now: Int64 = end - 1
    ) throws -> Problem? {
        let query = try #require(try SignedQuery(method: method, target: target))
        do throws(Problem) {
            try query.verify(settings, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a second implementation's signatures are right, by any of the pairs")
    func right() throws {
        for (pair, method, target, size, signature) in Self.vectors {
            for pairs in [[pair], [("ab", "cd"), pair]] {
                let settings = try settings(pairs, size: size)
                #expect(try verify(method, "\(target)&sig=\(signature)", settings) == nil)
            }
            let other = pair.0 == Self.long.0 ? Self.short : Self.long
            let settings = try settings([other], size: size)
            #expect(try verify(method, "\(target)&sig=\(signature)", settings) == .wrongSignature)
        }
    }

    @Test("any change of anything makes it wrong")
    func changed() throws {
        let settings = try settings([Self.long])
        let (_, method, target, _, signature) = Self.vectors[0]
        let whole = "\(target)&sig=\(signature)"
        let bytes = Array(whole.utf8)
        for index in bytes.indices where bytes[index] != UInt8(ascii: "?") {
            var changed = bytes
            changed[index] = bytes[index] == UInt8(ascii: "2") ? 0x33 : 0x32
            let text = String(decoding: changed, as: UTF8.self)
            // Where the change leaves nothing that is signed, the request is refused or unsigned.
            guard let query = try? SignedQuery(method: method, target: text) else { continue }
            #expect(!settings.signing.signature.accepts(query), "\(text)")
        }
        for other in [
            "GET", "PUT", "post",
        ] {
            #expect(try verify(other, whole, settings) == .wrongSignature)
        }
        for text in [
            "\(target)&sig=\(signature)=", "\(target)&sig=", "\(target)&sig=trusted",
            "\(target)&sig=\(signature.dropLast(11))", "\(target)&w=1&sig=\(signature)",
            "\(target)&&sig=\(signature)",
        ] {
            #expect(try verify(method, text, settings) == .wrongSignature, "\(text)")
        }
    }

    @Test("the signature of a URL is that of no query, and the reverse")
    func domains() throws {
        let signature = try settings([Self.long]).signing.signature
        let target = "/v1/process?w=1&exp=1790000000"
        let ofPath = signature.text(of: target, by: signature.pairs[0])
        let settings = try settings([Self.long])
        #expect(try verify("POST", "\(target)&sig=\(ofPath)", settings) == .wrongSignature)
        let ofQuery = signature.text(of: "GET \(target)", by: signature.pairs[0])
        let path = try SignedPath("/\(ofQuery)\(target.prefix { $0 != "?" })")
        #expect(!signature.accepts(path))
    }

    @Test("it holds until its time, and for no longer than the configuration says")
    func time() throws {
        var settings = try settings([Self.long])
        let (_, method, target, _, signature) = Self.vectors[0]
        let whole = "\(target)&sig=\(signature)"
        #expect(try verify(method, whole, settings, now: Self.end - 1) == nil)
        #expect(try verify(method, whole, settings, now: Self.end) == .signatureExpired)
        #expect(try verify(method, whole, settings, now: .max) == .signatureExpired)
        let week: Int64 = 7 * 86_400
        #expect(try verify(method, whole, settings, now: Self.end - week) == nil)
        let early = try verify(method, whole, settings, now: Self.end - week - 1)
        #expect(early?.name == "invalid-option" && early?.detail.contains("7d") == true)
        settings.signing.longest = .seconds(60)
        #expect(try verify(method, whole, settings, now: Self.end - 61) != nil)
        // A wrong signature tells nothing of times.
        let wrong = "\(target)&sig=\(signature.reversed())"
        #expect(try verify(method, wrong, settings, now: .max) == .wrongSignature)
    }

    @Test("without a key nothing is right, but for who tries it out")
    func withoutKeys() throws {
        let whole = "\(Self.vectors[0].2)&sig=x"
        #expect(try verify("POST", whole, try settings([])) == .wrongSignature)
        #expect(try verify("POST", whole, try settings([], dev: true)) == nil)
        let late = try verify("POST", whole, try settings([], dev: true), now: Self.end)
        #expect(late == .signatureExpired)
    }

    @Test("what sign prints is right, for the time that it names")
    func command() throws {
        let folder = try ConfigurationFolder()
        let signer = try URLSignerTests.signer(in: folder, now: Self.end - 900)
        let signed = try QuerySigner(signer: signer).sign(
            "/v1/process?rs=fill:300:200&f=webp", for: .seconds(900))
        #expect(signed.method == "POST" && signed.expires == Self.end)
        #expect(
            signed.target
                == "/v1/process?rs=fill:300:200&f=webp&exp=1790000000&sig=\(signed.signature)")
        let values = try settings([(URLSignerTests.key, URLSignerTests.salt)])
        #expect(try verify("POST", signed.target, values) == nil)
        #expect(try QuerySigner(signer: signer).verdict(signed.target) == .right)
        let image = try QuerySigner(signer: signer).sign("/v1/images/a.jpg", for: .seconds(1))
        #expect(image.method == "GET" && image.target.hasPrefix("/v1/images/a.jpg?exp="))
        let late = try URLSignerTests.signer(in: folder, now: Self.end)
        #expect(try QuerySigner(signer: late).verdict(signed.target) == .expired)
    }

    @Test(
        "what the service would never answer is not signed",
        arguments: [
            ("/v1/process?widht=1", "width"), ("/v1/options", "process, batch"),
            ("/v1/nothing", "process, batch"), ("/v1/info?w=1", "no such option"),
            ("/v1/batch?w=1", "no set of options"), ("/v1/process?exp=5", "once"),
            ("/v1/process?w=1&sig=x", "one signature"), ("/v1/process?w=ä", "%C3"),
        ])
    func notSigned(_ target: String, _ says: String) throws {
        let folder = try ConfigurationFolder()
        let signer = QuerySigner(signer: try URLSignerTests.signer(in: folder, now: 0))
        let message = URLSignerTests.message { () throws(CommandFailure) in
            try signer.sign(target, for: .seconds(60))
        }
        #expect(message.contains(says), "\(message)")
        #expect(
            URLSignerTests.message { () throws(CommandFailure) in
                try signer.sign("/v1/process", for: .seconds(8 * 86_400))
            }.contains("signed.longest"))
    }
}
