import Foundation
import TestSupport
import Testing

@Suite("The configuration of real programs", .ownProcess, InWorkspace())
struct ConfigurationTests {
    private func run(
        _ arguments: [String], variables: [String: String] = [:]
    ) async throws -> CommandLine {
        try await CommandLine.run(arguments, in: InWorkspace.workspace, variables: variables)
    }

    private func write(_ text: String) throws -> String {
        try InWorkspace.workspace.write(Array(text.utf8), to: "glovebox.yaml")
    }

    private static let wrong = "workers: many\ntiemout: 5\nhttp:\n  idle_timeout: [1]\n"

    private static func lines(_ file: String) -> [String] {
        [
            "\(file): workers: \"many\" is no whole number. Write a whole number from 1 to 256. "
                + "(line 1)",
            "\(file): tiemout: there is no such setting. Write 'timeout'. (line 2)",
            "\(file): http.idle_timeout: this is a list, where one value is wanted. Write "
                + "seconds, or a number with ms, s, m, h or d, from 100ms to 1h. (line 4)",
        ]
    }

    @Test("a wrong file refuses the start with everything that is wrong, and ends with 1")
    func wrongFile() async throws {
        let file = try write(Self.wrong)
        let start = ["serve", "--dev", "--listen", "127.0.0.1:0", "--config", file]
        for arguments in [start, ["config", "check", "--dev", "--config", file]] {
            let done = try await run(arguments)
            #expect(done.status == .status(1), "\(done.errors)")
            let said = done.errors.split(separator: "\n").map(String.init)
            #expect(said == ["glovebox: the configuration has 3 errors:"] + Self.lines(file))
        }
        let done = try await run(["info", "-"], variables: ["GLOVEBOX_CONFIG": file])
        #expect(done.status == .status(1))
    }

    @Test("a wrong variable refuses the start by its name, and ends with 2")
    func wrongVariable() async throws {
        let done = try await run(
            ["serve", "--dev", "--listen", "127.0.0.1:0"],
            variables: ["GLOVEBOX_MAX_PIXLES": "1000"])
        #expect(done.status == .status(2))
        #expect(
            done.errors
                == "glovebox: GLOVEBOX_MAX_PIXLES: there is no such variable. Write "
                + "GLOVEBOX_MAX_PIXELS, or unset it.")
    }

    @Test("config check says OK and what it read")
    func check() async throws {
        let file = try write(
            "admin_key: o0Vb-4mZq7-tXw2-Lc9r\nkey: 5f1c8e0b9d27a463e8b1f04c7a92d635\nsalt: c40e7b19f2a85d36918c0be47d5fa263\n"
        )
        let done = try await run(["config", "check", "--config", file])
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text == "OK: \(file)\n")
        #expect(done.errors.contains("every account of this machine can read"))
        let none = try await run(["config", "check", "--config", "off", "--dev"])
        #expect(none.status == .status(0) && none.text == "OK: no configuration file\n")
    }

    @Test("config show prints every value with its origin, and no secret")
    func show() async throws {
        let file = try write("admin_key: o0Vb-4mZq7-tXw2-Lc9r\ntimeout: 2.5\n")
        let variables = ["GLOVEBOX_MEMORY": "64MiB"]
        let options = ["--config", file, "--workers", "3"]
        let done = try await run(["config", "show", "--json"] + options, variables: variables)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(!done.text.contains("0123456789"))
        let shown = try #require(JSON(parsing: done.output))
        #expect(shown["file"].text == file)
        var rows: [String: JSON] = [:]
        for row in shown["settings"].elements { rows[row["key"].text ?? ""] = row }
        func origin(_ key: String) -> [String?] {
            [rows[key]?["source"].text, rows[key]?["origin"].text]
        }
        #expect(rows["admin_key"]?["value"].text == "(set)")
        #expect(origin("admin_key") == ["file", "\(file): admin_key"])
        #expect(rows["memory"]?["value"].integer == 64 << 20)
        #expect(origin("memory") == ["variable", "GLOVEBOX_MEMORY"])
        #expect(rows["queue"]?["value"].integer == 48)
        #expect(origin("workers") == ["option", "--workers"])
        #expect(origin("queue") == ["default", "queue"])
        let people = try await run(["config", "show"] + options, variables: variables)
        #expect(people.text.contains("2500ms") && !people.text.contains("0123456789"))
    }

    @Test("a service takes its settings from its file")
    func service() async throws {
        let file = try write("max_pixels: 100\nlog_level: debug\n")
        let service = try await Service.start(
            as: .ordinaryUser, in: InWorkspace.workspace, options: ["--config", file])
        let answer = try await service.http.post("/v1/info", body: SampleFormat.png.file)
        #expect(answer.status == 413 || answer.status == 422, "\(answer.status)")
        #expect(String(decoding: answer.body, as: UTF8.self).contains("100"))
        #expect(try await service.stop() == .status(0))
    }
}
