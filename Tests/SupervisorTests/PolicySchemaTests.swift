import FoundationEssentials
import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

/// What an editor knows about policies must be what the reader knows.
@Suite("The JSON schema of policies")
struct PolicySchemaTests {
    /// What the tests ask of a schema, JSON Schema 2020-12.
    private final class Schema: Decodable {
        let properties: [String: Schema]?
        let definitions: [String: Schema]?
        let items: Schema?
        let names: [String]?
        let minimum: UInt64?
        let maximum: UInt64?
        let additionalProperties: Bool?

        enum CodingKeys: String, CodingKey {
            case properties, items, minimum, maximum, additionalProperties
            case definitions = "$defs"
            case names = "enum"
        }

        subscript(path: String...) -> Schema? {
            path.reduce(self) { $1 == "[]" ? $0?.items : $0?.properties?[$1] }
        }
    }

    private static func schema() throws -> Schema {
        let bytes = try PolicyReader.bytes(
            path: ReadPolicy.repositoryFile("policies/policy.schema.json"))
        return try JSONDecoder().decode(Schema.self, from: Data(bytes))
    }

    private static func definition(_ name: String) throws -> Schema {
        try #require(try schema().definitions?[name])
    }

    @Test("its formats, roots, layers and limits are those of x-glovebox")
    func own() throws {
        let own = try Self.definition("glovebox")
        #expect(own["formats", "[]"]?.names == ImageFormat.allCases.map(\.name))
        #expect(own["root"]?.names == SandboxRoot.allCases.map(\.name))
        #expect(
            Set(own["posture", "required", "[]"]?.names ?? [])
                == Set(Layer.nameable.map(\.rawValue)))
        let limits = try #require(own["limits"]?.properties)
        #expect(Set(limits.keys) == Set(LimitsSection.Key.allCases.map(\.rawValue)))
        for key in LimitsSection.Key.allCases {
            #expect(limits[key.rawValue]?.minimum == key.range.lowerBound, "\(key)")
            #expect(limits[key.rawValue]?.maximum == key.range.upperBound, "\(key)")
        }
    }

    @Test("its actions, comparisons, architectures and rlimits are those that are honoured")
    func vocabulary() throws {
        let actions = ActionSection.actions(errno: 1).map(\.name)
        #expect(
            Set(try Self.definition("rule")["action"]?.names ?? [])
                == Set(actions).subtracting(["SCMP_ACT_TRACE"]))
        #expect(
            Set(try Self.definition("condition")["op"]?.names ?? [])
                == Set(ArgumentCondition.Comparison.allCases.map(\.rawValue)))
        #expect(
            try Self.definition("seccomp")["architectures", "[]"]?.names
                == SeccompArchitecture.allCases.map(\.rawValue))
        #expect(
            try Self.definition("rlimit")["type"]?.names
                == ResourceLimit.Kind.allCases.filter { $0.computedFrom == nil }.map(\.name))
        #expect(
            try Self.definition("rule")["errnoRet"]?.maximum
                == UInt64(SeccompAction.largestErrno))
        #expect(try Self.definition("unsigned").maximum == .max)
    }

    @Test("every key that it offers is one that the reader takes, and no other")
    func keys() throws {
        let schema = try Self.schema()
        let places: [(Schema?, (String) -> String)] = [
            (schema, { "\($0): 1" }),
            (try Self.definition("glovebox"), { "x-glovebox: { \($0): 1 }" }),
            (schema["linux"], { "x-glovebox: {}\nlinux: { \($0): 1 }" }),
            (
                try Self.definition("seccomp"),
                { "x-glovebox: {}\nlinux: { seccomp: { \($0): 1 } }" }
            ),
            (
                try Self.definition("rule"),
                { "x-glovebox: {}\nlinux: { seccomp: { syscalls: [{ \($0): 1 }] } }" }
            ),
            (
                try Self.definition("rlimit"),
                { "x-glovebox: {}\nprocess: { rlimits: [{ \($0): 1 }] }" }
            ),
        ]
        for (part, text) in places {
            let part = try #require(part)
            #expect(part.additionalProperties == false)
            for key in try #require(part.properties?.keys) {
                let said = ReadPolicy.said(of: text(key))
                #expect(!said.contains { $0.contains("has no key") }, "\(key): \(said)")
                #expect(!said.contains { $0.contains("'\(key)' cannot be honoured") }, "\(key)")
            }
            let nearest = try #require(part.properties?.keys.max { $0.count < $1.count })
            #expect(ReadPolicy.said(of: text("q" + nearest)).contains { $0.contains("has no key") })
        }
    }

    @Test("editors find it from every policy in the folder")
    func editorLines() throws {
        let folder = ReadPolicy.repositoryFile("policies")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter(PolicyReader.isPolicyFile)
        #expect(names.contains("raster.yaml"))
        for name in names {
            let text = String(
                decoding: try PolicyReader.bytes(path: "\(folder)/\(name)"), as: UTF8.self)
            #expect(
                text.hasPrefix("# yaml-language-server: $schema=policy.schema.json\n"), "\(name)")
        }
    }
}
