import FoundationEssentials
import Testing

@testable import Supervisor

/// What is published of the log must be what is written.
@Suite("The JSON schema of crash records")
struct CrashSchemaTests {
    private final class Schema: Decodable {
        let properties: [String: Schema]?
        let definitions: [String: Schema]?
        let items: Schema?
        let required: [String]?
        let names: [String]?
        let reference: String?
        let description: String?

        enum CodingKeys: String, CodingKey {
            case properties, items, required, description
            case definitions = "$defs"
            case names = "enum"
            case reference = "$ref"
        }
    }

    private static func schema() throws -> Schema {
        let bytes = try PolicyReader.bytes(
            path: ReadPolicy.repositoryFile("docs/crash-record.schema.json"))
        return try JSONDecoder().decode(Schema.self, from: Data(bytes))
    }

    /// What a value has and the schema does not, and what it lacks.
    private static func misfits(
        _ value: JSONValue, _ schema: Schema, _ all: [String: Schema], at path: String = ""
    ) -> [String] {
        if let name = schema.reference?.split(separator: "/").last, let other = all[String(name)] {
            return misfits(value, other, all, at: path)
        }
        switch value {
        case .object(let members):
            // A map by names that nobody lists.
            guard let properties = schema.properties else { return [] }
            let missing = (schema.required ?? []).filter { name in
                !members.contains { $0.0 == name }
            }
            return missing.map { "\(path).\($0) is missing" }
                + members.flatMap { name, value in
                    properties[name].map {
                        misfits(value, $0, all, at: "\(path).\(name)")
                    } ?? ["\(path).\(name) is not known"]
                }
        case .array(let elements):
            guard let items = schema.items else { return [] }
            return elements.flatMap { misfits($0, items, all, at: path + "[]") }
        case .string(let text):
            return schema.names.map { $0.contains(text) } == false ? ["\(path) is \(text)"] : []
        default: return []
        }
    }

    @Test("every member that is written is in it, and every one it requires is written")
    func members() throws {
        let all = try #require(try Self.schema().definitions)
        let record = try #require(all["record"])
        for (number, sample) in try SampleCrash.all().enumerated() {
            var made = try SampleCrash.record(number, sample.report)
            made.observed.stack = CrashStack(
                source: .zygote, thread: "first", registers: ["rip": "0x1"], faultAddress: "0x0",
                faultClass: .null,
                frames: [.init(module: "m", build: "aa", offset: "0x1", function: "f")],
                isTruncated: false)
            made.reported.stack = .unavailable("nobody looked")
            let value = try OrderedJSON.value(of: made)
            #expect(Self.misfits(value, record, all) == [])
        }
        let count = CrashCount(
            time: "t", class: .cpu, signature: "s", policy: "p", count: 1, since: "s", until: "u",
            requests: ["r"], inputs: ["i"])
        #expect(
            Self.misfits(try OrderedJSON.value(of: count), try #require(all["count"]), all) == [])
    }

    @Test("its classes are those there are")
    func classes() throws {
        let record = try #require(try Self.schema().definitions?["record"])
        #expect(record.properties?["class"]?.names == CrashClass.allCases.map(\.rawValue))
        #expect(
            record.properties?["signature_source"]?.names
                == CrashSignature.Source.allCases.map(\.rawValue))
        #expect(Set(ChildEnding.names) == Set(CrashClass.allCases.map(\.rawValue)))
    }

    @Test("the documentation has a row for each member, with the schema's own words")
    func documented() throws {
        let text = String(
            decoding: try PolicyReader.bytes(
                path: ReadPolicy.repositoryFile("docs/crash-record.md")), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        func check(_ schema: Schema, _ prefix: String) {
            for (name, member) in schema.properties ?? [:] {
                let row = rows.first { row in
                    row.hasPrefix("| `\(prefix)\(name)` |")
                        && (member.reference != nil
                            || row.hasSuffix("| \(member.description ?? "") |"))
                }
                #expect(row != nil, "\(prefix)\(name)")
                check(member, "\(prefix)\(name).")
                if let items = member.items { check(items, "\(prefix)\(name)[].") }
            }
        }
        for part in try #require(try Self.schema().definitions).values { check(part, "") }
        for name in CrashClass.allCases.map(\.rawValue) {
            #expect(text.contains("| `\(name)` | "), "\(name)")
        }
    }
}
