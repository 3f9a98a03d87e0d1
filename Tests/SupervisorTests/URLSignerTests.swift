import ArgumentParser
import Descriptors
import Glibc
import RequestSyntax
import Testing

@testable import Supervisor

/// What `glovebox sign` does. The signatures are those of imgproxy's published contract, which
/// ``URLSignatureTests`` has.
@Suite("Signing paths")
struct URLSignerTests {
    static let key = "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881"
    static let salt = "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5"
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    /// A signer with the pair above and more variables.
    static func signer(
        _ variables: [String: String] = [:], in folder: ConfigurationFolder,
        isUnsigned: Bool = false,
        now: Int64 = 0
    ) throws -> URLSigner {
        let pair = ["GLOVEBOX_KEY": key, "GLOVEBOX_SALT": salt]
        let loader = folder.loader(variables: pair.merging(variables) { _, other in other })
        return try URLSigner(
            loader.load(for: .command), isUnsigned: isUnsigned, now: now)
    }

    /// What a failing command says.
    static func message(_ work: () throws(CommandFailure) -> some Any) -> String {
        do throws(CommandFailure) {
            _ = try work()
            return ""
        } catch {
            return error.message
        }
    }

    private func refusal(of path: String, _ variables: [String: String] = [:]) throws -> String {
        let signer = try Self.signer(variables, in: folder, now: 1_000)
        return Self.message { () throws(CommandFailure) in try signer.sign(path) }
    }

    @Test(
        "a path gets the signature of the contract, and that is verified",
        arguments: URLSignatureTests.vectors.dropFirst(3))
    func vectors(
        pair: URLSignature.Pair, path: String, signature: String, short: String
    ) throws {
        let signer = try Self.signer(in: folder)
        let signed = try signer.sign(path)
        #expect(signed.path == "/\(signature)\(path)" && signed.signature == signature)
        #expect(try signer.verdict(signed.path) == .right)
        #expect(try signer.verdict("\(signed.path)?utm=1") == .right)
        #expect(try signer.verdict("/_\(path)") == .wrong)
        let cut = try Self.signer(
            ["GLOVEBOX_SIGNED_SIGNATURE_SIZE": "8", "GLOVEBOX_SIGNED_PREFIX": "/img"], in: folder)
        #expect(try cut.sign(path).path == "/img/\(short)\(path)")
        #expect(try cut.verdict("/img/\(short)\(path)") == .right)
    }

    @Test("what is signed is the path as the service repairs it")
    func repaired() throws {
        let signer = try Self.signer(in: folder)
        let path = "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg"
        let whole = try signer.sign(path).path
        for written in [
            "/rs%3Afit%3A300%3A300/plain/http://img.example.com/pretty/image.jpg",
            "/rs:fit:300:300/plain/http:/img.example.com/pretty/image.jpg",
        ] {
            #expect(try signer.sign(written).path == whole)
        }
    }

    @Test("the first of several pairs signs, and all are accepted")
    func rotation() throws {
        let old = try Self.signer(in: folder)
        let new = try Self.signer(
            [
                "GLOVEBOX_KEY": "00112233,\(Self.key)", "GLOVEBOX_SALT": "44556677,\(Self.salt)",
            ], in: folder)
        let path = "/w:1/plain/https://example.com/a"
        let (before, after) = (try old.sign(path), try new.sign(path))
        #expect(before.signature != after.signature)
        #expect(try new.verdict(before.path) == .right && new.verdict(after.path) == .right)
        #expect(try old.verdict(after.path) == .wrong)
    }

    static let refusals: [(String, String)] = [
        ("w:1/plain/http://a", "begins with a slash"),
        ("http://127.0.0.1/w:1/plain/http://a", "what is before the options"),
        ("", "begins with a slash"), ("/", "no signature, or nothing"), ("/w:1", "no source"),
        ("/w:1/plain/http://a?b=c", "%3F"), ("/w:1/plain/http://a/b#c", "%23"),
        ("/w:1/plain/http://a/b c", "%20"), ("/w:1/plain/http://a/\u{e4}", "%C3"),
        ("/w:1/plain/http://a/\u{1b}[2J", "A control character"),
        ("/blurr:1/plain/http://a", "Did you mean blur"), ("/w:-1/plain/http://a", "\"w\""),
        ("/fill/300/200/sm/0/plain/http://a", "not read any more"),
        ("/w:1/plain/http://a@png@webp", "%40"), ("/w:1/plain/http://a%zz", "broken escape"),
        ("/w:1/aHR0cDovL2E$", "URL-safe Base64"), ("/w:1/plain/ftp://a/b", "https, http, local"),
        ("/w:1/plain/http://me:pass%40a/b", "user or a password"),
        ("/w:1/plain/http://0x7f.1/", "no IPv4 address"), ("/w:1/plain/b.jpg", "no scheme"),
        ("/w:1/plain/local:///../b", "below the image root"),
        ("/exp:999/plain/http://a", "expired already"),
        ("/msr:1/plain/http://a", "may not name limits"),
        ("/color_profile:cmyk/f:png/plain/http://a", "jpeg and tiff"),
        ("/m3k5QADfcKPDj-SDI2AIogZbC3FlAXszuwhtWXYqavc/w:1/plain/http://a", "leave them out"),
        ("/unsafe/plain/http://a", "leave them out"), ("/unsafe/aHR0cDovL2E", "leave them out"),
    ]

    @Test("what could never be answered is not signed, and it is said why", arguments: refusals)
    func refused(path: String, reason: String) throws {
        let message = try refusal(of: path)
        #expect(message.contains(reason), "\(message)")
        #expect(message.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(message.hasSuffix(".") || message.hasSuffix("?"))
    }

    @Test("the settings of the service hold for what is signed for it")
    func settings() throws {
        let allowed = ["GLOVEBOX_SOURCES_ALLOWED": "https://*.example.com/"]
        #expect(try refusal(of: "/plain/https://other.org/a", allowed).contains("sources.allowed"))
        #expect(try refusal(of: "/plain/https://a.example.com/a", allowed).isEmpty)
        let options = ["GLOVEBOX_OPTIONS_ALLOWED": "rs"]
        #expect(try refusal(of: "/w:1/plain/http://a", options).contains("not allowed here"))
        #expect(try refusal(of: "/rs:fit:1/plain/http://a", options).isEmpty)
        let base = ["GLOVEBOX_SIGNED_BASE_URL": "https://example.com/"]
        #expect(try refusal(of: "/plain/a.jpg", base).isEmpty)
        let presets = [
            "GLOVEBOX_OPTIONS_PRESETS": "thumb=w:10", "GLOVEBOX_OPTIONS_ONLY_PRESETS": "true",
        ]
        #expect(try refusal(of: "/thumb/plain/http://a", presets).isEmpty)
        #expect(try refusal(of: "/w:1/plain/http://a", presets).contains("no preset"))
    }

    @Test("without a key, and with a key that has no salt, it is said what to set")
    func keys() throws {
        func failure(_ variables: [String: String]) throws -> String {
            let configuration = try folder.loader(variables: variables).load(for: .command)
            return Self.message { () throws(CommandFailure) in
                try URLSigner(configuration, now: 0)
            }
        }
        let none = try failure([:])
        #expect(none.contains("GLOVEBOX_KEY") && none.contains("--new-pair"))
        #expect(none.hasSuffix(" A file .env is read with --dev only."))
        #expect(try !failure(["GLOVEBOX_DEV": "1"]).contains(".env"))
        let one = try failure(["GLOVEBOX_KEY": Self.key])
        #expect(one.contains("number of keys is 1, that of salts 0"))
    }

    @Test("a signature that is right and too late is told from a wrong one")
    func expired() throws {
        let early = try Self.signer(in: folder, now: 900)
        let late = try Self.signer(in: folder, now: 1_001)
        let signed = try early.sign("/exp:1000/plain/https://example.com/a").path
        #expect(try early.verdict(signed) == .right && late.verdict(signed) == .expired)
        #expect(try late.verdict("/_/exp:1000/plain/https://example.com/a") == .wrong)
    }

    @Test("a path without a signature cannot be verified")
    func unverifiable() throws {
        let signer = try Self.signer(in: folder)
        let message = Self.message { () throws(CommandFailure) in _ = try signer.verdict("/asd") }
        #expect(message.contains("no signature"))
    }

    @Test("a new pair is 32 bytes each, read back by the settings, and never the same")
    func newPair() throws {
        let (one, other) = (KeyPair.random(), KeyPair.random())
        #expect(one.key.count == 32 && one.salt.count == 32)
        #expect(Set([one.key, one.salt, other.key, other.salt]).count == 4)
        try folder.write(one.text(json: false), to: ".env")
        let signing = try folder.loader(dev: true).load(for: .command).signing
        #expect(signing.signature.pairs == [.init(key: one.key, salt: one.salt)])
        #expect(one.text(json: true).hasPrefix("{\"key\":\"\(Hexadecimal.text(one.key))\""))
    }

    @Test("standard input that gives no paths is answered with what to do")
    func standardInput() {
        let large = SignCommand.unreadable(SystemError("read", EFBIG))
        #expect(
            large.message
                == "Standard input is larger than the limit of 16MiB. Sign the paths in parts.")
        let closed = SignCommand.unreadable(SystemError("fcntl", EBADF)).message
        #expect(closed.contains("Bad file descriptor") && closed.contains("up to 16MiB of paths"))
    }

    @Test("keys come from files that options name")
    func files() throws {
        let key = try folder.write("\(Self.key)\n", to: "key")
        let salt = try folder.write("\(Self.salt)\n", to: "salt")
        let command = try SignCommand.parse(["/w:1", "--key-file", key, "--salt-file", salt])
        #expect(command.paths == ["/w:1"])
        let loader = folder.loader(command.options.given.values)
        let signer = try URLSigner(loader.load(for: .command), now: 0)
        let path = "/w:100/g:sm/bl:5/plain/local:///test1.png"
        #expect(
            try signer.sign(path).signature == "dt5eTGbQ50OihZK_EV1mTLNcGd_GOH4Zw_pYU6il_aQ")
    }
}
