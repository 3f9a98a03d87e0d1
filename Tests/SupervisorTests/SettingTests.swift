import ArgumentParser
import Descriptors
import ImageVocabulary
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Settings")
struct SettingTests {
    private func given(_ value: String) -> Setting.Given {
        Setting.Given(value: value, origin: "--x")
    }

    @Test("an option wins over its variable, and an empty variable is none")
    func order() {
        let variables = ["GLOVEBOX_TIMEOUT": "7", "GLOVEBOX_IMAGES": ""]
        #expect(
            Setting.timeout.given("3") { variables[$0] }
                == Setting.Given(value: "3", origin: "--timeout"))
        #expect(
            Setting.timeout.given(nil) { variables[$0] }
                == Setting.Given(value: "7", origin: "GLOVEBOX_TIMEOUT"))
        #expect(Setting.images.given(nil) { variables[$0] } == nil)
    }

    @Test("numbers are whole and within their range")
    func numbers() throws {
        #expect(try given("10").wholeNumber(in: 1...10) == 10)
        for text in ["0", "11", "-1", "1.0", "ten", "", " 1", "18446744073709551616"] {
            let error = #expect(throws: CommandFailure.self) {
                try given(text).wholeNumber(in: 1...10)
            }
            #expect(error?.status == .usage)
            #expect(error?.message.contains("--x") == true)
        }
    }

    @Test("times are seconds")
    func times() throws {
        #expect(try given("10").seconds() == .seconds(10))
        #expect(try given("0.25").seconds() == .milliseconds(250))
        for text in ["0", "-1", "1e3", "inf", "nan", "3601", "1s", ""] {
            #expect(throws: CommandFailure.self) { try given(text).seconds() }
        }
    }

    @Test("addresses are an IP address or localhost, and a port")
    func addresses() {
        #expect(ListenAddress("127.0.0.1:8080")?.port == 8080)
        #expect(ListenAddress("[::1]:0")?.host == "::1")
        #expect(ListenAddress("localhost:65535") != nil)
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

    @Test("limits narrow those of the policy and never widen them")
    func limits() throws {
        let policy = JobLimits(pixels: 1_000)
        var options = try SandboxOptions.parse(["--max-pixels", "500"])
        #expect(try options.limits(within: policy).pixels == 500)
        options = try SandboxOptions.parse(["--max-pixels", "1001"])
        #expect(throws: CommandFailure.self) { try options.limits(within: policy) }
        options = try SandboxOptions.parse([])
        #expect(try options.limits(within: policy) == policy)
    }

    @Test("images are never decoded as root, and accounts must exist")
    func accounts() throws {
        #expect(try Account.chosen(given("12345")) == Account(uid: 12_345, gid: 12_345))
        for name in ["root", "0", "no-such-account", "-1", "4294967295"] {
            #expect(throws: CommandFailure.self) { try Account.chosen(given(name)) }
        }
    }

    @Test("the help names each variable beside its option, and every processing option")
    func help() {
        let serve = Glovebox.helpMessage(for: ServeCommand.self, columns: 500)
        let settings: [Setting] = [
            .listen, .images, .policies, .vips, .sandbox, .user, .maxInputBytes, .maxPixels,
            .maxFrames, .timeout, .workers, .queue, .logLevel, .strictType,
        ]
        for setting in settings {
            let line = serve.split(separator: "\n").first { $0.contains("[\(setting.variable)]") }
            #expect(line?.contains("--\(setting.option) ") == true, "\(serve)")
        }
        let process = Glovebox.helpMessage(for: ProcessCommand.self)
        for option in ProcessingOption.all {
            #expect(process.contains("\n  \(option.name):\(option.shape)"), "\(process)")
        }
    }

    @Test("the root command knows its commands and refuses what they do not")
    func commands() throws {
        let command = try Glovebox.parseAsRoot([
            "process", "in.jpg", "-o", "out.webp", "-O", "rs:fill:300:200", "-O", "q:80",
        ])
        let process = try #require(command as? ProcessCommand)
        #expect(process.options == ["rs:fill:300:200", "q:80"])
        #expect(process.output == "out.webp")
        #expect(throws: (any Error).self) { try Glovebox.parseAsRoot(["process", "in.jpg"]) }
        #expect(throws: (any Error).self) { try Glovebox.parseAsRoot(["serve", "--nonsense"]) }
    }
}
