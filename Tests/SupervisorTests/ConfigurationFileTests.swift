import Testing

@testable import Supervisor

@Suite("Configuration files")
struct ConfigurationFileTests {
    private static func problems(_ text: String) -> [String] {
        var file = ConfigurationFile(path: "glovebox.yaml")
        file.read(Array(text.utf8))
        return file.problems.map(\.description)
    }

    @Test(
        "what cannot be honoured is answered with file, key, reason, remedy and line",
        arguments: [
            (
                "timeout: 1\ntiemout: 5",
                "glovebox.yaml: tiemout: there is no such setting. Write 'timeout'. (line 2)"
            ),
            (
                "http:\n  idle_timeot: 5",
                "glovebox.yaml: http.idle_timeot: there is no such setting. Write "
                    + "'idle_timeout'. (line 2)"
            ),
            (
                "idle_timeout: 5",
                "glovebox.yaml: idle_timeout: there is no such setting. Write it below 'http:', "
                    + "indented. (line 1)"
            ),
            (
                "http.idle_timeout: 5",
                "glovebox.yaml: http.idle_timeout: there is no such setting. Write "
                    + "'idle_timeout' below 'http:', indented. (line 1)"
            ),
            (
                "max-pixels: 5",
                "glovebox.yaml: max-pixels: there is no such setting. Write 'max_pixels'. (line 1)"
            ),
            (
                "gneration: {forks: 1}",
                "glovebox.yaml: gneration: there is no such setting. Write 'generation'. (line 1)"
            ),
            (
                "dev: true",
                "glovebox.yaml: dev: there is no such setting. It is given as --dev or "
                    + "GLOVEBOX_DEV only. (line 1)"
            ),
            (
                "workers: [1, 2]",
                "glovebox.yaml: workers: this is a list, where one value is wanted. Write a whole "
                    + "number from 1 to 256. (line 1)"
            ),
            (
                "sources: {ports: [81, [82]]}",
                "glovebox.yaml: sources.ports: this list has a part that is no single value. Write "
                    + "ports from 1 to 65535 with commas between them, or none. (line 1)"
            ),
            (
                "sources: {ports: []}",
                "glovebox.yaml: sources.ports: this list has a part that is no single value. Write "
                    + "ports from 1 to 65535 with commas between them, or none. (line 1)"
            ),
            (
                "result: {auto: ['webp,avif']}",
                "glovebox.yaml: result.auto: this list has a part that is no single value. Write "
                    + "names of formats with commas between them, of jxl, avif, webp, or none. "
                    + "(line 1)"
            ),
            (
                "workers: {a: 1}",
                "glovebox.yaml: workers: this is a section, where one value is wanted. Write a "
                    + "whole number from 1 to 256. (line 1)"
            ),
            (
                "\n\nworkers:\n",
                "glovebox.yaml: workers: there is no value. Write a whole number from 1 to 256, "
                    + "or remove the line. (line 3)"
            ),
            (
                "http: 5",
                "glovebox.yaml: http: this is a section and no value. Write its settings below "
                    + "it, each indented and with a value of its own. (line 1)"
            ),
            (
                "- listen",
                "glovebox.yaml: this is no list of settings. Write lines such as 'listen: "
                    + "127.0.0.1:8080'. (line 1)"
            ),
            (
                "workers: 1\nworkers: 2",
                "glovebox.yaml: 'workers' is there more than once in one mapping. Keep one of "
                    + "them. (line 1)"
            ),
            (
                "http: {connections: 1, connections: 2}",
                "glovebox.yaml: 'connections' is there more than once in one mapping. Keep one "
                    + "of them. (line 1)"
            ),
            (
                "workers: &a 1\nwarm: *a",
                "glovebox.yaml: anchors and aliases are not read. Write the value out each time. "
                    + "(line 1)"
            ),
            (
                "workers: !!int 1",
                "glovebox.yaml: the tag 'tag:yaml.org,2002:int' is not read. Leave the tag out. "
                    + "(line 1)"
            ),
            (
                "? [a]\n: 1",
                "glovebox.yaml: a key is one word. Write 'key: value'. (line 1)"
            ),
        ])
    func refused(text: String, problem: String) {
        #expect(Self.problems(text) == [problem])
    }

    @Test("a syntax error is told with its line, however short the file")
    func syntax() {
        for (text, line) in [("workers: 1\nwarm: [1\n", 3), ("a: \"1", 2), ("a:\n\tb: 1", 2)] {
            let problems = Self.problems(text)
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix("glovebox.yaml: this is not YAML: ") == true)
            #expect(problems.first?.hasSuffix("(line \(line))") == true, "\(problems)")
        }
    }

    @Test("an empty file sets nothing, a short one what it says")
    func short() {
        for text in ["", "\n", "# nothing\n", "{}"] {
            var file = ConfigurationFile(path: "x")
            file.read(Array(text.utf8))
            #expect(file.problems.isEmpty && file.isRead)
        }
        var file = ConfigurationFile(path: "glovebox.yaml")
        file.read(Array("warm: 3".utf8))
        let found = SettingTable.setting("warm").flatMap { file.layer?.text(of: $0) }
        #expect(found?.text == "3")
        #expect(found?.origin == Origin(.file, "glovebox.yaml: warm", line: 1))
    }

    @Test("JSON is YAML too, and values may be quoted")
    func json() {
        var file = ConfigurationFile(path: "x")
        file.read(Array(#"{"admin_listen": "off", "http": {"connections": "7"}}"#.utf8))
        let texts = ["admin_listen", "http.connections"].map { key in
            SettingTable.setting(key).flatMap { file.layer?.text(of: $0)?.text }
        }
        #expect(file.problems.isEmpty && texts == ["off", "7"])
    }

    @Test("a file too large or not UTF-8 is refused")
    func badFiles() {
        let large = Self.problems("#" + String(repeating: " ", count: 1 << 20))
        #expect(large.first?.contains("larger than 256KiB") == true)
        var file = ConfigurationFile(path: "x")
        file.read(Array("a: 1\n# ".utf8) + [0xe9, 0x0a])
        #expect(file.problems.first?.description.contains("not UTF-8") == true && !file.isRead)
    }

    @Test("environment files are NAME=value lines, and a line that is not is refused")
    func environmentFiles() {
        let text = """
            # comment
              GLOVEBOX_TIMEOUT=3
            GLOVEBOX_IMAGES="/a b=c"
            GLOVEBOX_STATE='/s'

            OTHER = anything goes
            """
        let good = EnvironmentFile(path: ".env", text: text)
        #expect(good.problems.isEmpty && KnownVariables.problems(in: good).isEmpty)
        #expect(
            good.variables == [
                "GLOVEBOX_TIMEOUT": "3", "GLOVEBOX_IMAGES": "/a b=c", "GLOVEBOX_STATE": "/s",
            ])
        let bad = EnvironmentFile(
            path: ".env",
            text: """
                export GLOVEBOX_TIMEOUT=3
                GLOVEBOX_QUEUE = 3
                GLOVEBOX_IMAGES="/a
                GLOVEBOX_STATE
                GLOVEBOX_WARM=1
                GLOVEBOX_WARM=2
                GLOVEBOX_DEV=1
                GLOVEBOX_WRAM=1
                """)
        let lines = (bad.problems + KnownVariables.problems(in: bad)).map(\.origin.line)
        #expect(lines == [1, 2, 3, 4, 6, 7, 8])
    }
}
