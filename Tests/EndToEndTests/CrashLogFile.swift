import Foundation
import TestSupport
import Testing

/// The crash log of a service that a test started, as anybody reads it who may open the file.
struct CrashLogFile {
    let path: String

    init(of service: Service) {
        path =
            service.workspace.scratch
            .appending(path: "state/crashes/crashes.jsonl").path
    }

    /// Its lines so far, each a JSON object. What has no end yet is still being written: a reader
    /// may see the first pages of a write(2) before the last.
    func lines() throws -> [LogLine] {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? Data()
        return try String(decoding: whole, as: UTF8.self).split(separator: "\n").map {
            try #require(LogLine(String($0)), "no JSON object: \($0)")
        }
    }

    /// Waits for the record of a request's child.
    func record(of request: String) async throws -> LogLine {
        var found: LogLine?
        try await eventually("there is a record of \(request)") {
            found = try lines().first { $0["request"]["id"].text == request }
            return found != nil
        }
        return try #require(found)
    }

    /// What a validator that is not ours finds wrong with the lines; empty when they fit the schema.
    func misfits() async throws -> String {
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for number, line in enumerate(open(sys.argv[2]), 1):
                for error in validator.iter_errors(json.loads(line)):
                    print(f"{number}: {error.json_path}: {error.message}")
            """
        let schema = Workspace.repository.appending(path: "docs/crash-record.schema.json").path
        let program = try RunningProgram(
            "/usr/bin/python3", ["-c", script, schema, path], environment: [:])
        let output = await program.allOutput
        let end = await program.end
        await program.errors.finished()
        try #require(end == .status(0), "\(program.errors.lines.joined(separator: "\n"))")
        return String(decoding: output, as: UTF8.self)
    }
}
