import Foundation
import Testing

@testable import Supervisor

@Suite("Secrets in the configuration")
struct SecretSettingTests {
    private let folder: ConfigurationFolder
    private static let key = "correct-horse-battery-staple"

    init() throws { folder = try ConfigurationFolder() }

    @Test("a secret comes from a variable, a file that a variable names, or the configuration file")
    func sources() throws {
        let file = try folder.write("\(Self.key)-file\n", to: "key")
        try folder.write("admin_key: \(Self.key)-yaml\n", to: "glovebox.yaml")
        func found(_ variables: [String: String], _ options: [String: String] = [:]) throws
            -> String?
        {
            let loader = folder.loader(options, variables: variables)
            return try loader.load(for: .command).adminKey?.text
        }
        let both = ["GLOVEBOX_ADMIN_KEY": "\(Self.key)-env", "GLOVEBOX_ADMIN_KEY_FILE": file]
        #expect(try found(both) == "\(Self.key)-env")
        #expect(try found(both, ["admin_key_file": file]) == "\(Self.key)-file")
        #expect(try found(["GLOVEBOX_ADMIN_KEY_FILE": file]) == "\(Self.key)-file")
        #expect(try found([:]) == "\(Self.key)-yaml")
        try folder.write("admin_key_file: key\n", to: "glovebox.yaml")
        #expect(try found([:]) == "\(Self.key)-file")
    }

    @Test("only the line feed at the end of a file is no part of the secret")
    func lineFeeds() throws {
        for (ending, count) in [("", 0), ("\n", 0), ("\r\n", 0), ("\n\n", 1), (" \n", 1)] {
            let file = try folder.write(Self.key + ending, to: "key")
            let problems = folder.loader(["admin_key_file": file]).problems()
            #expect(problems.count == count)
            #expect(
                problems.allSatisfy { $0.hasPrefix("--admin-key-file: the value holds a space") })
        }
    }

    @Test("a file that cannot hold a secret is answered with the reason")
    func badFiles() throws {
        func problem(_ path: String) -> String? {
            folder.loader(variables: ["GLOVEBOX_ADMIN_KEY_FILE": path]).problems().first
        }
        let start = "GLOVEBOX_ADMIN_KEY_FILE: the file "
        let large = try folder.write(String(repeating: "x", count: 5_000), to: "large")
        #expect(problem(large)?.contains("cannot be read: it is larger than 4KiB.") == true)
        #expect(
            problem("/nowhere")?.hasPrefix("\(start)\"/nowhere\" cannot be read: No such") == true)
        #expect(problem("/dev/zero")?.contains("it is no regular file") == true)
        #expect(problem(folder.path(""))?.contains("cannot be read") == true)
        let short = try folder.write("short\n", to: "short")
        #expect(problem(short)?.contains("out of range: a short key can be guessed") == true)
    }

    @Test("a file that everybody can read is used, with a warning")
    func worldReadable() throws {
        let open = try folder.write(Self.key, to: "key", mode: 0o644)
        var found = try folder.loader(["admin_key_file": open]).load(for: .command)
        #expect(found.adminKey?.text == Self.key)
        #expect(found.warnings.first?.hasPrefix("--admin-key-file: the file ") == true)
        let closed = try folder.write(Self.key, to: "other", mode: 0o640)
        found = try folder.loader(["admin_key_file": closed]).load(for: .command)
        #expect(found.warnings == [])
        let yaml = try folder.write("admin_key: \(Self.key)", to: "glovebox.yaml", mode: 0o644)
        found = try folder.loader().load(for: .command)
        #expect(found.warnings.first?.hasPrefix("\(yaml): admin_key: ") == true)
    }

    @Test("no secret is shown, by people's form, by JSON, by errors or by a change")
    func redaction() throws {
        let variables = ["GLOVEBOX_ADMIN_KEY": Self.key]
        let found = try folder.loader(variables: variables).load(for: .command)
        let shown = ShownConfiguration(found)
        var dumped = ""
        dump(found, to: &dumped)
        for text in [shown.text, shown.json.text, "\(found)", dumped] {
            #expect(!text.contains(Self.key) && text.contains("(set)"))
        }
        let wrong = ["GLOVEBOX_ADMIN_KEY": "not so secret"]
        #expect(!folder.loader(variables: wrong).problems().joined().contains("not so secret"))
        var other = found
        other.adminKey = Secret("another-key-of-this-service")
        #expect(try found.change(to: other).get() == ["admin_key"])
    }

    @Test("a secret has no option, since everybody sees options")
    func noOption() {
        for setting in SettingTable.all where setting.isSecret {
            #expect(setting.option == nil && setting.fileOption != nil)
        }
    }
}
