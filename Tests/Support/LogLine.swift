internal import Foundation

/// One line of the service's log: a JSON object (RFC 8259).
public struct LogLine: Sendable, CustomStringConvertible {
    public let description: String
    private let fields: [String: JSON]

    /// nil when the line is no JSON object.
    public init?(_ line: String) {
        let data = Data(line.utf8)
        guard let fields = try? JSONDecoder().decode([String: JSON].self, from: data) else {
            return nil
        }
        self.fields = fields
        description = line
    }

    public var message: String { self["message"].text ?? "" }

    public subscript(name: String) -> JSON { fields[name] ?? .null }

    /// Every text in it, names and values, as a reader of JSON gets it.
    public var texts: [String] { JSON.object(fields).texts }
}

/// A JSON value as tests look at it.
public enum JSON: Equatable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let elements = try? value.decode([JSON].self) {
            self = .array(elements)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// nil when the bytes are no JSON.
    public init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else {
            return nil
        }
        self = value
    }

    /// A member of an object; null when there is none.
    public subscript(name: String) -> JSON {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Every text in it, names of members too.
    public var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.keys + members.values.flatMap(\.texts)
        case .null, .bool, .number: []
        }
    }

    /// A whole number.
    public var integer: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }

    public var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
