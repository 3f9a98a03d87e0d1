import ArgumentParser
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("The command line's words")
struct GloveboxTests {
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

    @Test("the help of serve names each option with its variable and its default")
    func serve() {
        let help = Glovebox.helpMessage(for: ServeCommand.self, columns: 1_000)
        let lines = help.split(separator: "\n")
        for setting in SettingTable.all {
            guard let option = setting.option else { continue }
            // Behind a long name the text is in the next line.
            let text =
                lines.firstIndex { $0.contains("--\(option) ") }
                .map { lines[$0...].prefix(2).joined() } ?? ""
            #expect(text.contains("[\(setting.variable)]"), "\(setting.key)")
            #expect(text.contains("(default: \(setting.standard))"), "\(setting.key)")
        }
        #expect(help.contains("[GLOVEBOX_CONFIG]") && help.contains("[GLOVEBOX_DEV]"))
        #expect(help.contains("[GLOVEBOX_ADMIN_KEY_FILE]"))
    }

    @Test("each option reaches the setting of its name")
    func options() throws {
        for setting in SettingTable.all {
            guard let option = setting.option else { continue }
            let isFlag = option == "strict-type"
            let command = try ServeCommand.parse(["--\(option)"] + (isFlag ? [] : ["true"]))
            #expect(command.options.given.values == [setting.key: "true"])
        }
        let others = try ServeCommand.parse([
            "--config", "a", "--dev", "--admin-key-file", "b",
        ])
        #expect(
            others.options.given
                == GivenOptions(values: ["admin_key_file": "b"], config: "a", dev: true))
    }
}
