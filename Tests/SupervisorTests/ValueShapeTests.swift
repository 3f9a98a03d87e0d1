import Logging
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The values of settings")
struct ValueShapeTests {
    private func read<Value>(_ shape: ValueShape<Value>, _ text: String) -> Value? {
        try? shape.parse(text)
    }

    private func refusal<Value>(_ shape: ValueShape<Value>, _ text: String) -> ValueError? {
        do throws(ValueError) {
            _ = try shape.parse(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("numbers are whole decimal digits within their range")
    func numbers() {
        let shape = ValueShape.number(1...10)
        #expect(read(shape, "10") == 10 && read(shape, "01") == 1)
        for text in ["0", "11"] { #expect(refusal(shape, text) == .outOfRange) }
        for text in ["-1", "+1", "1.0", "ten", "", " 1", "1_0", "0x1", "1e1", "١"] {
            #expect(refusal(shape, text) == .malformed("is no whole number"), "\(text)")
        }
        #expect(refusal(shape, "99999999999999999999") == .malformed("is no whole number"))
    }

    @Test(
        "sizes are bytes, or have a decimal or a binary unit",
        arguments: [
            ("65536", 65_536), ("50MiB", 52_428_800), ("50MB", 50_000_000), ("1kB", 1_000),
            ("1KB", 1_000), ("64KiB", 65_536), ("2GB", 2_000_000_000), ("1GiB", 1_073_741_824),
            ("1TiB", 1_099_511_627_776), ("7B", 7),
        ])
    func sizes(text: String, bytes: Int) {
        #expect(read(.size(0...(1 << 40)), text) == bytes)
    }

    @Test("what is no size is refused, and none wraps around")
    func badSizes() {
        let shape = ValueShape.size(1...(1 << 40))
        for text in ["", "MiB", "1.5GiB", "-1", "1 MiB", "1mb", "1M", "0x10", "1GiBB"] {
            #expect(refusal(shape, text) == .malformed("is no number of bytes"), "\(text)")
        }
        for text in [
            "0", "2TiB", "9223372036854775807KiB", "18446744073709551617", "16777216TiB",
        ] {
            #expect(refusal(shape, text) == .outOfRange, "\(text)")
        }
    }

    @Test("sizes and times are shown as they may be written")
    func shown() {
        for text in ["512MiB", "1TiB", "16KiB", "1000", "0"] {
            #expect(read(.size(0...(1 << 40)), text).map(Size.text) == text)
        }
        for text in ["10s", "500ms", "5m", "1h", "2500ms", "0s"] {
            #expect(read(.time(.zero...(.seconds(3_600))), text).map(Time.text) == text)
        }
    }

    @Test(
        "times are seconds, or have a unit",
        arguments: [
            ("10", Duration.seconds(10)), ("2.5", .milliseconds(2_500)),
            ("0.25", .milliseconds(250)), ("10s", .seconds(10)), ("500ms", .milliseconds(500)),
            ("5m", .seconds(300)), ("1h", .seconds(3_600)), ("0.5h", .seconds(1_800)),
            ("0", .zero),
        ])
    func times(text: String, time: Duration) {
        #expect(read(.time(.zero...(.seconds(3_600))), text) == time)
    }

    @Test("what is no time is refused")
    func badTimes() {
        let shape = ValueShape.time(.milliseconds(10)...(.seconds(3_600)))
        for text in [
            "", "s", "-1", "1e3", "inf", "nan", "1 s", "1.", ".5", "1.2.3", "1w", "1S", "0x1",
        ] {
            #expect(refusal(shape, text) == .malformed("is no time"), "\(text)")
        }
        for text in ["0", "3601", "2h", "1d", "9ms", "99999999999999999999999999h"] {
            #expect(refusal(shape, text) == .outOfRange, "\(text)")
        }
    }

    @Test("yes and no have two spellings each")
    func flags() {
        #expect(read(.flag, "1") == true && read(.flag, "true") == true)
        #expect(read(.flag, "0") == false && read(.flag, "false") == false)
        for text in ["yes", "True", "", "2"] { #expect(read(.flag, text) == nil) }
    }

    @Test("a word that is nearly one of those there are is answered with it")
    func choices() {
        let shape = ValueShape.choice(NamedPosture.allCases)
        #expect(read(shape, "container") == .container)
        #expect(
            refusal(shape, "contaner")
                == .refused(
                    "is not known",
                    advice: "Write container; it is one of strict, container or audit."))
        #expect(refusal(shape, "") == .malformed("is none of the words there are"))
        #expect(read(.choice([Logger.Level.info, .error]), "trace") == nil)
    }

    @Test("a secret is at least 16 printable characters and never shown")
    func secrets() throws {
        let shape = ValueShape.secret(16...32)
        let secret = try #require(read(shape, "0123456789abcdef"))
        #expect(secret.text == "0123456789abcdef")
        #expect("\(secret) \(String(reflecting: secret))" == "(set) (set)")
        #expect(shape.text(secret) == "(set)" && shape.json(secret) == .string("(set)"))
        var shown = ""
        dump(secret, to: &shown)
        #expect(!shown.contains("0123"))
        #expect(refusal(shape, "0123456789abcde") == .outOfRange)
        #expect(refusal(shape, String(repeating: "x", count: 33)) == .outOfRange)
        for text in ["0123456789 abcdef", "0123456789abcdef\n", "0123456789abcdéf"] {
            #expect(read(shape, text) == nil)
        }
    }

    @Test("addresses are an IP address or localhost, and a port")
    func addresses() {
        #expect(ListenAddress("127.0.0.1:8080")?.port == 8080)
        #expect(ListenAddress("[::1]:0")?.host == "::1")
        #expect(ListenAddress("localhost:65535") != nil)
        for text in ["127.0.0.1:8080", "[::1]:1", "localhost:2"] {
            #expect(ListenAddress(text)?.text == text)
        }
        for text in [
            "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1",
            "::1:8080", "[127.0.0.1]:1", "example.org:80", "127.1:80", "0x7f.1:80",
        ] {
            #expect(ListenAddress(text) == nil, "\(text)")
        }
    }

    @Test("only this machine is loopback")
    func loopback() {
        for text in ["127.0.0.1:1", "127.255.0.3:1", "[::1]:1", "localhost:1"] {
            #expect(ListenAddress(text)?.isLoopback == true)
        }
        for text in ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "[::ffff:127.0.0.1]:1"] {
            #expect(ListenAddress(text)?.isLoopback == false)
        }
    }

    @Test("images are never decoded as root, and accounts must exist")
    func accounts() {
        #expect(read(.account, "12345") == Account(uid: 12_345, gid: 12_345))
        #expect(read(.account, "65534") == .nobody)
        for name in ["root", "0", "no-such-account", "-1", "4294967295", ""] {
            #expect(read(.account, name) == nil, "\(name)")
        }
    }
}
