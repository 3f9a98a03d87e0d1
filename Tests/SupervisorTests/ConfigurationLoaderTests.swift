import Foundation
import ImageVocabulary
import Logging
import RequestSyntax
import SandboxPolicy
import Testing

@testable import Supervisor

/// A folder with configuration files, removed after its test.
final class ConfigurationFolder: Sendable {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "glovebox-configuration-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    @discardableResult
    func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        let path = path(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    /// A machine with these files only, on which nothing is root's.
    var machine: Machine {
        Machine(
            standard: ServiceConfiguration(), isRoot: false, firstUnprivilegedPort: 1_024,
            defaultFiles: [path("glovebox.yaml"), path("system.yaml")],
            environmentFile: path(".env"))
    }

    func loader(
        _ options: [String: String] = [:], variables: [String: String] = [:],
        config: String? = nil, dev: Bool = false
    ) -> ConfigurationLoader {
        ConfigurationLoader(
            options: GivenOptions(values: options, config: config, dev: dev),
            variables: variables, machine: machine)
    }
}

extension ConfigurationLoader {
    /// What is wrong, one problem a line.
    func problems(_ purpose: Purpose = .command) -> [String] {
        do throws(ConfigurationError) {
            _ = try load(for: purpose)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}

@Suite("Where settings come from")
struct ConfigurationLoaderTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    @Test("option, variable, environment file, configuration file, default: the first wins")
    func precedence() throws {
        func timeout(_ loader: ConfigurationLoader) throws -> String {
            let configuration = try loader.load(for: .command)
            let origin = configuration.origin(of: "timeout")
            return "\(configuration.timeout) \(origin.kind.rawValue) \(origin.label)"
        }
        #expect(try timeout(folder.loader(dev: true)) == "10.0 seconds default timeout")
        let file = try folder.write("timeout: 5\n", to: "glovebox.yaml")
        #expect(try timeout(folder.loader(dev: true)) == "5.0 seconds file \(file): timeout")
        let env = try folder.write("GLOVEBOX_TIMEOUT=4s\n", to: ".env")
        #expect(
            try timeout(folder.loader(dev: true))
                == "4.0 seconds .env \(env): GLOVEBOX_TIMEOUT")
        #expect(try timeout(folder.loader()) == "5.0 seconds file \(file): timeout")
        let variables = ["GLOVEBOX_TIMEOUT": "3"]
        #expect(
            try timeout(folder.loader(variables: variables, dev: true))
                == "3.0 seconds variable GLOVEBOX_TIMEOUT")
        #expect(
            try timeout(folder.loader(["timeout": "2"], variables: variables, dev: true))
                == "2.0 seconds option --timeout")
        #expect(
            try timeout(folder.loader(variables: ["GLOVEBOX_TIMEOUT": ""]))
                == "5.0 seconds file \(file): timeout")
    }

    @Test("a configuration file is the named one, else the first that is there, or none")
    func files() throws {
        #expect(try folder.loader().load(for: .command).file == nil)
        let system = try folder.write("workers: 3", to: "system.yaml")
        #expect(try folder.loader().load(for: .command).workers == 3)
        let near = try folder.write("workers: 4", to: "glovebox.yaml")
        #expect(try folder.loader().load(for: .command).file == near)
        let variables = ["GLOVEBOX_CONFIG": system]
        #expect(try folder.loader(variables: variables).load(for: .command).workers == 3)
        #expect(
            try folder.loader(variables: variables, config: near).load(for: .command).workers == 4)
        #expect(try folder.loader(config: "off").load(for: .command).workers == 2)
        let missing = folder.path("missing.yaml")
        #expect(
            folder.loader(config: missing).problems() == [
                "--config: the configuration file \(missing) cannot be read: No such file or "
                    + "directory. Name a file that this account may read, or write --config off "
                    + "for none."
            ])
        #expect(folder.loader(config: folder.path("")).problems().count == 1)
    }

    @Test("a file may write as a list what has commas elsewhere")
    func lists() throws {
        try folder.write(
            """
            key: [aa, bb]
            salt:
              - cc
              - dd
            sources:
              addresses: [10.0.0.0/8, "::1"]
              ports: [81]
            result: {auto: [webp, avif]}
            signed: {replacements: ["^a=b", "^c=d,e"]}
            """, to: "glovebox.yaml")
        let found = try folder.loader().load(for: .command)
        #expect(found.signing.keys.values == [[0xAA], [0xBB]])
        #expect(found.signing.salts.values == [[0xCC], [0xDD]])
        #expect(found.sources.addresses.map(\.description) == ["10.0.0.0/8", "::1/128"])
        #expect(found.sources.ports == [81])
        #expect(found.results.auto == [.webp, .avif])
        #expect(found.signing.replacements.map(\.replacement) == ["b", "d,e"])
    }

    @Test("a default that depends on another setting follows it")
    func derived() throws {
        var found = try folder.loader(["workers": "5"]).load(for: .command)
        #expect(found.queue == 80 && found.warm == 5)
        found = try folder.loader(["workers": "5", "queue": "1", "warm": "2"]).load(for: .command)
        #expect(found.queue == 1 && found.warm == 2)
        let variables = ["GLOVEBOX_HTTP_CONNECTIONS": "100"]
        found = try folder.loader(variables: variables).load(for: .command)
        #expect(found.http.connectionsPerAddress == 100)
    }

    @Test("a relative path in a file counts from the folder of the file")
    func relativePaths() throws {
        let text = "images: pictures\npolicies: /p\nvips: system\nstate: ../s\n"
        try folder.write(text, to: "glovebox.yaml")
        var found = try folder.loader().load(for: .command)
        #expect(found.images == folder.path("pictures"))
        #expect(found.policies == "/p" && found.vips == nil)
        #expect(found.state == folder.path("") + "../s" || found.state == folder.path("../s"))
        found = try folder.loader(["images": "a"], variables: ["GLOVEBOX_STATE": "b"])
            .load(for: .command)
        #expect(found.images == "a" && found.state == "b")
    }

    @Test("everything that is wrong is told at once, also what another source overrides")
    func allAtOnce() throws {
        let file = try folder.write(
            "workers: many\ntimeout: 0\nmax_pixels: 1\n", to: "glovebox.yaml")
        let problems = folder.loader(
            ["max_frames": "none", "timeout": "1"], variables: ["GLOVEBOX_QUEUE": "-1"]
        ).problems()
        #expect(problems.count == 4)
        #expect(problems.first?.hasPrefix("--max-frames: \"none\" is no whole number. ") == true)
        #expect(problems.dropFirst().first?.hasPrefix("GLOVEBOX_QUEUE: \"-1\" ") == true)
        #expect(problems.dropFirst(2).first?.hasPrefix("\(file): workers: \"many\" ") == true)
        #expect(problems.last?.hasPrefix("\(file): timeout: \"0\" is out of range: ") == true)
    }

    @Test("limits narrow those of the policy and never widen them")
    func limits() throws {
        let policy = JobLimits(pixels: 1_000)
        var found = try folder.loader(["max_pixels": "500"]).load(for: .command)
        #expect(try found.limits(within: policy).pixels == 500)
        found = try folder.loader(["max_pixels": "1001"]).load(for: .command)
        let error = #expect(throws: ConfigurationError.self) { try found.limits(within: policy) }
        #expect(
            error?.description
                == "--max-pixels: 1001 is more than the policy's 1000. Write at most 1000, or "
                + "raise it in the policy.")
        #expect(try folder.loader().load(for: .command).limits(within: policy) == policy)
    }

    @Test("policies are the YAML and JSON files of their folder, by name")
    func policies() throws {
        let found = try folder.loader(["policies": folder.path("")]).load(for: .command)
        #expect(throws: ConfigurationError.self) { try found.policyFiles() }
        for name in ["b.json", "a.yaml", "README.md", ".hidden.yaml"] {
            try folder.write("", to: name)
        }
        let names = try found.policyFiles().map { $0.split(separator: "/").last ?? "" }
        #expect(names == ["a.yaml", "b.json"])
    }
}
