/// Reads little-endian fields from borrowed bytes, front to back, never past their end.
public struct PayloadCursor: Sendable {
    /// Index of the next byte.
    public private(set) var offset = 0

    public init() {}

    public mutating func u8(in bytes: Span<UInt8>) throws(WireError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    public mutating func u16(in bytes: Span<UInt8>) throws(WireError) -> UInt16 {
        UInt16(truncatingIfNeeded: try integer(bytes: 2, in: bytes))
    }

    public mutating func u32(in bytes: Span<UInt8>) throws(WireError) -> UInt32 {
        UInt32(truncatingIfNeeded: try integer(bytes: 4, in: bytes))
    }

    public mutating func i32(in bytes: Span<UInt8>) throws(WireError) -> Int32 {
        Int32(bitPattern: try u32(in: bytes))
    }

    public mutating func u64(in bytes: Span<UInt8>) throws(WireError) -> UInt64 {
        try integer(bytes: 8, in: bytes)
    }

    /// A double that is neither infinite nor NaN.
    public mutating func finite(in bytes: Span<UInt8>) throws(WireError) -> Double {
        let value = Double(bitPattern: try u64(in: bytes))
        guard value.isFinite else { throw .badValue("number") }
        return value
    }

    /// A byte that is 0 or 1.
    public mutating func bool(in bytes: Span<UInt8>) throws(WireError) -> Bool {
        switch try u8(in: bytes) {
        case 0: false
        case 1: true
        default: throw .badValue("boolean")
        }
    }

    /// A raw value from a closed list.
    public mutating func value<Value: RawRepresentable<UInt8>>(
        _ type: Value.Type, in bytes: Span<UInt8>
    ) throws(WireError) -> Value {
        guard let value = Value(rawValue: try u8(in: bytes)) else {
            throw .badValue("\(type)")
        }
        return value
    }

    /// `count` bytes, copied.
    public mutating func bytes(
        _ count: Int, in bytes: Span<UInt8>
    ) throws(WireError) -> [UInt8] {
        guard count >= 0, count <= bytes.count - offset else { throw .truncated }
        defer { offset += count }
        var copy: [UInt8] = []
        copy.reserveCapacity(count)
        for index in offset..<(offset + count) { copy.append(bytes[index]) }
        return copy
    }

    /// All bytes that are left, at most ``Frame/largestText``, copied. Untrusted text.
    public mutating func text(in bytes: Span<UInt8>) throws(WireError) -> [UInt8] {
        guard bytes.count - offset <= Frame.largestText else { throw .badValue("text") }
        return try self.bytes(bytes.count - offset, in: bytes)
    }

    /// Nothing may be left.
    public func finish(in bytes: Span<UInt8>) throws(WireError) {
        guard offset == bytes.count else { throw .trailingBytes }
    }

    private mutating func integer(
        bytes count: Int, in bytes: Span<UInt8>
    ) throws(WireError) -> UInt64 {
        guard count <= bytes.count - offset else { throw .truncated }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        offset += count
        return value
    }
}
