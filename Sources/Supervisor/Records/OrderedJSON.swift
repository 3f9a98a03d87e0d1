/// Encodes values as JSON with members in the order in which they are declared: a line of the crash
/// log begins with what it is found by. A member without a value is left out.
enum OrderedJSON {
    static func value(of value: some Encodable) throws -> JSONValue {
        let node = Node([])
        try node.encode(value)
        return node.json
    }

    /// One value while it is encoded.
    private final class Node: Encoder, SingleValueEncodingContainer {
        private enum Content {
            case scalar(JSONValue)
            case members([(String, Node)])
            case elements([Node])
        }

        let codingPath: [any CodingKey]
        let userInfo: [CodingUserInfoKey: Any] = [:]
        private var content = Content.scalar(.null)

        init(_ codingPath: [any CodingKey]) { self.codingPath = codingPath }

        var json: JSONValue {
            switch content {
            case .scalar(let value): value
            case .members(let members): .object(members.map { ($0, $1.json) })
            case .elements(let elements): .array(elements.map(\.json))
            }
        }

        var count: Int {
            if case .elements(let elements) = content { elements.count } else { 0 }
        }

        func member(_ key: any CodingKey) -> Node {
            let node = Node(codingPath + [key])
            guard case .members(let members) = content else { return node }
            content = .members(members + [(key.stringValue, node)])
            return node
        }

        func element() -> Node {
            let node = Node(codingPath)
            guard case .elements(let elements) = content else { return node }
            content = .elements(elements + [node])
            return node
        }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            content = .members([])
            return KeyedEncodingContainer(Members(node: self))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer {
            content = .elements([])
            return Elements(node: self)
        }

        func singleValueContainer() -> any SingleValueEncodingContainer { self }

        func encodeNil() { content = .scalar(.null) }

        func encode<Value: Encodable>(_ value: Value) throws {
            switch value {
            case let text as String: content = .scalar(.string(text))
            case let flag as Bool: content = .scalar(.bool(flag))
            case let number as Double: content = .scalar(.decimal(number))
            case let number as any FixedWidthInteger:
                content = .scalar(
                    Int64(exactly: number).map { .integer($0) }
                        ?? .unsigned(UInt64(clamping: number)))
            case let members as [String: String]:
                content = .scalar(
                    .object(members.sorted { $0.key < $1.key }.map { ($0, .string($1)) }))
            case let members as [String: UInt64]:
                content = .scalar(
                    .object(members.sorted { $0.key < $1.key }.map { ($0, .unsigned($1)) }))
            default: try value.encode(to: self)
            }
        }
    }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: Node

        var codingPath: [any CodingKey] { node.codingPath }

        func encodeNil(forKey key: Key) { node.member(key).encodeNil() }

        func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
            try node.member(key).encode(value)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { node.member(key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            node.member(key).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { node }
        func superEncoder(forKey key: Key) -> any Encoder { node.member(key) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let node: Node

        var codingPath: [any CodingKey] { node.codingPath }
        var count: Int { node.count }

        func encodeNil() { node.element().encodeNil() }

        func encode<Value: Encodable>(_ value: Value) throws { try node.element().encode(value) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) -> KeyedEncodingContainer<Nested> { node.element().container(keyedBy: type) }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            node.element().unkeyedContainer()
        }

        func superEncoder() -> any Encoder { node.element() }
    }
}
