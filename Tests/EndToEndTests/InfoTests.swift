import Foundation
import TestSupport
import Testing

@Suite("Facts about an image", .ownProcess, Served(policies: nil))
struct InfoTests {
    private static func camera() throws -> [UInt8] {
        let file = Workspace.repository.appending(path: "Tests/Fixtures/metadata/camera.jpg")
        return try [UInt8](Data(contentsOf: file))
    }

    @Test("location and dominant colour are told when they are asked for, and only then")
    func wishes() async throws {
        let plain = try await Served.http.post("/v1/info", body: try Self.camera())
        try #require(plain.status == 200, "\(plain.text)")
        #expect(!plain.text.contains("location") && !plain.text.contains("dominant"))
        #expect(!plain.text.contains("52.5") && !plain.text.contains("SECRET"))
        #expect(plain.json["texts"]["artist"].text == "Ada (Studio, North) Example")
        #expect(plain.json["dpi"]["x"].integer == 300)

        let full = try await Served.http.post(
            "/v1/info?location=1&dominant=1", body: try Self.camera())
        try #require(full.status == 200, "\(full.text)")
        #expect(full.text.contains("\"location\":{\"latitude\":52.516"))
        let color = try #require(full.json["dominant_color"].text)
        #expect(color.hasPrefix("#1") && color.count == 7, "\(color)")
    }

    @Test(
        "options of processing and unknown ones are refused by name",
        arguments: ["w=100", "location=maybe", "dominant", "exif=1"])
    func refused(_ query: String) async throws {
        let answer = try await Served.http.post("/v1/info?\(query)", body: try Self.camera())
        expect(answer, isProblem: "invalid-option", 400)
        #expect(answer.json["option"].text == query.split(separator: "=").first.map(String.init))
    }

    @Test("every answer fits the published schema, by a validator that is not ours")
    func schema() async throws {
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for line in sys.argv[2:]:
                for error in validator.iter_errors(json.loads(line)):
                    print(f"{error.json_path}: {error.message}")
            """
        var answers: [String] = []
        var files = SampleFormat.allCases.map { $0.file }
        files.append(try Self.camera())
        for file in files {
            for query in ["", "?location=1&dominant=1"] {
                let answer = try await Served.http.post("/v1/info" + query, body: file)
                try #require(answer.status == 200, "\(answer.text)")
                answers.append(answer.text)
            }
        }
        let schema = Workspace.repository.appending(path: "docs/info.schema.json").path
        // The last must not fit, or the validator would prove nothing.
        for (sent, fits) in [
            (answers, true), ([answers[0].replacing("\"bands\"", with: "\"b\"")], false),
        ] {
            let program = try RunningProgram(
                "/usr/bin/python3", ["-c", script, schema] + sent, environment: [:])
            let output = String(decoding: await program.allOutput, as: UTF8.self)
            let end = await program.end
            await program.errors.finished()
            try #require(end == .status(0), "\(program.errors.lines.joined(separator: "\n"))")
            #expect(output.isEmpty == fits, "\(output)")
        }
    }

    @Test("the command line answers the same", InWorkspace())
    func command() async throws {
        let done = try await CommandLine.run(
            ["info", "-", "-O", "dominant:1", "-O", "location:1"],
            in: InWorkspace.workspace, input: try Self.camera())
        #expect(done.status == .status(0), "\(done.errors)")
        let answer = try await Served.http.post(
            "/v1/info?location=1&dominant=1", body: try Self.camera())
        #expect(done.output == Array(answer.body))
        let wrong = try await CommandLine.run(
            ["info", "-", "-O", "w:100"], in: InWorkspace.workspace, input: try Self.camera())
        #expect(wrong.status == .status(2))
        #expect(wrong.errors.contains("\"w\""))
    }
}
