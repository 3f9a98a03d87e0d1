import Foundation
import TestSupport
import Testing

@Suite("Suggesting rules", .ownProcess, InWorkspace())
struct PolicySuggestTests {
    /// A line of the service's log about a child of a policy.
    private static func line(
        _ number: Int, _ arguments: [String], policy: String = "raster",
        ending: String = "violation"
    ) -> String {
        let six = arguments + Array(repeating: "0x0", count: 6 - arguments.count)
        let quoted = six.map { "\"\($0)\"" }.joined(separator: ",")
        return "{\"time\":\"2026-03-01T00:00:00.000Z\",\"level\":\"warning\","
            + "\"message\":\"child ended\",\"arch\":\"0xc000003e\",\"arguments\":[\(quoted)],"
            + "\"child\":7,\"class\":\"\(ending)\",\"policy\":\"\(policy)\","
            + "\"request_id\":\"0198f0c2\",\"stage\":\"decode\",\"syscall_number\":\(number)}\n"
    }

    // getrusage, and execve.
    private static let harmless = line(98, ["0x0", "0x7fff0000"])
    private static let dangerous = line(59, ["0x7f00"])

    private static func suggest(
        _ input: String, _ arguments: String..., policies: String
    ) async throws -> CommandLine {
        try await CommandLine.run(
            ["policy", "suggest"] + arguments, in: InWorkspace.workspace, policies: policies,
            input: Array(input.utf8))
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }

    @Test("a violation gets a rule, and nothing is written")
    func suggested() async throws {
        let folder = try InWorkspace.workspace.policies()
        let before = try Self.text("\(folder)/raster.yaml")
        let done = try await Self.suggest(
            Self.harmless + Self.line(0, [], ending: "crash") + Self.harmless, "-",
            policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text.contains("2 times in stage decode"))
        #expect(done.text.contains("      - names: [getrusage]\n        action: SCMP_ACT_ALLOW\n"))
        #expect(done.text.contains("request 0198f0c2"))
        #expect(done.text.contains("B is wider in 1 call."))
        #expect(done.text.contains("Nothing is written."))
        #expect(try Self.text("\(folder)/raster.yaml") == before)
    }

    @Test("with -w the rule is in the file, every other line and the mode stay, and sim agrees")
    func written() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let path = "\(folder)/raster.yaml"
        let before = try Self.text(path)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let done = try await Self.suggest(Self.harmless, "-", "-w", policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text.contains("Written: \(path)"))
        let after = try Self.text(path)
        let difference = after.split(separator: "\n", omittingEmptySubsequences: false).difference(
            from: before.split(separator: "\n", omittingEmptySubsequences: false))
        #expect(difference.removals.isEmpty && !difference.insertions.isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o640)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names == ["raster.yaml"])
        let lint = try await CommandLine.run(
            ["policy", "lint", "--strict", path], in: workspace)
        #expect(lint.status == .status(0), "\(lint.text)\(lint.errors)")
        let again = try await Self.suggest(Self.harmless, "-", policies: folder)
        #expect(again.status == .status(0))
        #expect(again.text.contains("Already decided: allow"))
    }

    @Test("one call that is not to be permitted leaves the file alone, also with -w")
    func mixed() async throws {
        let folder = try InWorkspace.workspace.policies()
        let before = try Self.text("\(folder)/raster.yaml")
        let done = try await Self.suggest(
            Self.harmless + Self.dangerous, "-", "-w", policies: folder)
        #expect(done.status == .status(1))
        #expect(done.text.contains("Do not permit it: 'execve' is never allowed"))
        #expect(done.text.contains("getrusage"))
        #expect(try Self.text("\(folder)/raster.yaml") == before)
    }

    @Test("JSON has the rule, the comment and the difference")
    func json() async throws {
        let folder = try InWorkspace.workspace.policies()
        let done = try await Self.suggest(
            Self.harmless + Self.dangerous, "-", "--json", policies: folder)
        #expect(done.status == .status(1))
        let report = try #require(JSON(parsing: done.output))
        let policy = try #require(report["policies"].elements.first)
        #expect(policy["path"].text == "\(folder)/raster.yaml")
        #expect(policy["written"] == .bool(false) && policy["solved"] == .bool(false))
        let calls = policy["calls"].elements
        #expect(calls.map { $0["verdict"].text } == ["permit", "refuse"])
        #expect(calls[0]["name"].text == "getrusage" && calls[0]["count"].integer == 1)
        #expect(calls[0]["rule"].text?.contains("names: [getrusage]") == true)
        #expect(calls[0]["diff"]["wider"].integer == 1)
        #expect(calls[0]["exposure"].text == "limited")
        #expect(calls[1]["reason"].text?.contains("runs no other program") == true)
    }

    @Test("the text format of the log, a record over several lines, and --policy are read")
    func otherForms() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let path = "\(folder)/raster.yaml"
        let text =
            "2026-03-01T00:00:00.000Z WARNING  child ended  arch=0xc000003e  "
            + "arguments=[\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\"]  child=7  "
            + "class=violation  policy=raster  stage=decode  syscall_number=98\n"
        #expect(try await Self.suggest(text, "-", policies: folder).status == .status(0))
        let object = Self.harmless.replacing("{\"", with: "{\n\"").replacing(",\"", with: ",\n\"")
        let file = try workspace.write(Array(object.utf8), to: "record.json")
        let done = try await Self.suggest("", file, "--policy", path, policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text.contains("getrusage"))
    }

    @Test("a policy with a base gets a part of its own")
    func withBase() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies(["raster", "extended"])
        let done = try await Self.suggest(
            Self.line(1, ["0x9"], policy: "extended"), "-", "-w", policies: folder)
        #expect(done.status == .status(0), "\(done.text)\(done.errors)")
        let text = try Self.text("\(folder)/extended.yaml")
        #expect(text.contains("linux:\n  seccomp:\n    syscalls:\n"))
        #expect(text.split(separator: "names: [write]").count == 5)
        let lint = try await CommandLine.run(
            ["policy", "lint", "--strict", "\(folder)/extended.yaml"], in: workspace)
        #expect(lint.status == .status(0), "\(lint.text)")
    }

    @Test("a real violation's record leads to the rule with which the image comes through")
    func realViolation() async throws {
        let workspace = try InWorkspace.workspace
        // Threads name themselves by prctl.
        let folder = try workspace.policies {
            try $0.mustReplace("names: [prctl]", with: "names: [clock_nanosleep]")
        }
        let source = try workspace.write(SampleFormat.png.file, to: "in.png")
        let target = workspace.folder.appending(path: "out.avif").path
        let process = ["process", source, "-o", target, "-O", "w:16"]
        let denied = try await CommandLine.run(process, in: workspace, policies: folder)
        try #require(denied.status == .status(1), "\(denied.errors)")
        let done = try await Self.suggest(denied.errors + "\n", "-", "-w", policies: folder)
        #expect(done.status == .status(0), "\(done.text)\(done.errors)")
        #expect(done.text.contains("prctl(PR_SET_NAME"))
        let permitted = try await CommandLine.run(process, in: workspace, policies: folder)
        #expect(permitted.status == .status(0), "\(permitted.errors)")
    }

    @Test("a policy in JSON stays as it is, and the rule to paste is shown")
    func jsonPolicy() async throws {
        let workspace = try InWorkspace.workspace
        let policy = """
            {"x-glovebox": {"formats": ["jpeg"]}, "linux": {"seccomp": {
              "defaultAction": "SCMP_ACT_NOTIFY", "architectures": ["SCMP_ARCH_X86_64"],
              "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "comment": "a"}]}}}
            """
        let path = try workspace.write(Array(policy.utf8), to: "json/raster.json")
        let done = try await Self.suggest(
            Self.harmless, "-", "-w", "--policies", workspace.folder.path + "/json",
            policies: workspace.folder.path)
        #expect(done.status == .status(1))
        #expect(done.text.contains("paste it under linux.seccomp.syscalls"))
        #expect(done.text.contains("- names: [getrusage]"))
        #expect(try Self.text(path) == policy)
    }

    @Test("a policy that is gone, and another request, keep nobody from a rule")
    func others() async throws {
        let folder = try InWorkspace.workspace.policies()
        let gone = Self.line(98, [], policy: "gone")
        let both = try await Self.suggest(gone + Self.harmless, "-", policies: folder)
        #expect(both.status == .status(1))
        #expect(both.text.contains("Permit it with this rule"), "\(both.text)")
        #expect(both.text.contains("Line 1 holds a violation that cannot be used"), "\(both.text)")
        let named = Self.harmless.replacing("{\"", with: "{\"request_id\":\"mine\",\"")
        let one = try await Self.suggest(
            Self.dangerous + named, "-", "--request", "mine", "-w", policies: folder)
        #expect(one.status == .status(0), "\(one.text) \(one.errors)")
        #expect(one.text.contains("getrusage") && !one.text.contains("execve"))
        // Written, and not yet in force: the record is of a child that the old file held.
        let old = named.replacing(
            "{\"", with: "{\"policy_sha256\":\"\(String(repeating: "0", count: 64))\",\"")
        let again = try await Self.suggest(old, "-", policies: folder)
        #expect(again.text.contains("reload the service"), "\(again.text)")
    }

    @Test("what collects logs may put its words before a line of either format")
    func prefixes() async throws {
        let folder = try InWorkspace.workspace.policies()
        let text =
            "Nov 21 17:59:26 host glovebox[12]: 2026-03-01T00:00:00.000Z WARNING  child ended  "
            + "arch=0xc000003e  arguments=[\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\",\"0x0\"]  "
            + "class=violation  policy=raster  syscall_number=98\n"
        let done = try await Self.suggest(text, "-", policies: folder)
        #expect(done.status == .status(0) && done.text.contains("getrusage"), "\(done.errors)")
    }

    @Test("more calls than are looked at are counted, and nothing is written")
    func many() async throws {
        let folder = try InWorkspace.workspace.policies()
        // All but the first name a policy that is not there, which costs no compilation.
        let lines = (0..<150).map {
            Self.line(
                33, ["0x9", "0x\(String($0 + 16, radix: 16))"],
                policy: $0 == 0 ? "raster" : "other")
        }
        let done = try await Self.suggest(lines.joined(), "-", "-w", policies: folder)
        #expect(done.status == .status(1))
        #expect(done.text.contains("50 more violations were not looked at."), "\(done.text)")
        #expect(!done.text.contains("Written:"))
    }

    @Test("what cannot be used is told in a sentence")
    func badInput() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let older = Self.harmless.replacing(/"arguments":\[[^\]]*\],/, with: "")
        let nameless = Self.harmless.replacing("\"policy\":\"raster\",", with: "")
        let long = String(repeating: "x", count: 100_000) + "\n"
        let broken = try workspace.write(Array("linux: [".utf8), to: "broken.yaml")
        let rows: [(String, [String], String)] = [
            ("", ["-"], "is no log"), ("hello\n", ["-"], "is no log"), (long, ["-"], "is no log"),
            (Self.line(0, [], ending: "crash"), ["-"], "no child that ended by a violation"),
            (older, ["-"], "arguments"), (nameless, ["-"], "--policy"),
            (Self.line(98, [], policy: "other"), ["-"], "in line 1 there is no policy \"other\""),
            (Self.line(98, [], policy: "../raster"), ["-"], "there is no policy"),
            (Self.harmless, ["-", "--policy", "\(folder)/none.yaml"], "cannot be read"),
            (Self.harmless, ["-", "--policy", broken], "broken.yaml:"),
            ("", ["\(folder)/none.log"], "There is no file"), ("", [folder], "is a folder"),
        ]
        for (input, arguments, word) in rows {
            let done = try await CommandLine.run(
                ["policy", "suggest"] + arguments, in: workspace, policies: folder,
                input: Array(input.utf8))
            #expect(done.status == .status(1), "\(arguments) \(done.errors)")
            #expect(done.errors.contains(word), "\(arguments) \(done.errors)")
            #expect(done.text.isEmpty)
        }
        let both = try await CommandLine.run(
            ["policy", "suggest", "-", "--policy", "a", "--policies", "b"], in: workspace,
            policies: folder)
        #expect(both.status == .status(2))
    }
}
