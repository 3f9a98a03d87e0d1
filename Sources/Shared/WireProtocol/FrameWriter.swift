/// Builds one frame: the header first, its length filled in at the end.
public struct FrameWriter: Sendable {
    private var bytes: [UInt8]
    private let kind: FrameKind

    public init(_ kind: FrameKind) {
        self.kind = kind
        bytes = [0, 0, 0, 0, kind.rawValue]
    }

    public mutating func u8(_ value: UInt8) { bytes.append(value) }
    public mutating func u16(_ value: UInt16) { integer(UInt64(value), bytes: 2) }
    public mutating func u32(_ value: UInt32) { integer(UInt64(value), bytes: 4) }
    public mutating func i32(_ value: Int32) { u32(UInt32(bitPattern: value)) }
    public mutating func u64(_ value: UInt64) { integer(value, bytes: 8) }
    public mutating func double(_ value: Double) { u64(value.bitPattern) }
    public mutating func bool(_ value: Bool) { u8(value ? 1 : 0) }

    public mutating func raw(_ values: some Sequence<UInt8>) { bytes.append(contentsOf: values) }

    /// Text, cut to ``Frame/largestText`` bytes.
    public mutating func text(_ values: some Sequence<UInt8>) {
        bytes.append(contentsOf: values.prefix(Frame.largestText))
    }

    /// The finished frame. A payload beyond the kind's maximum is an error of the caller.
    public consuming func finish() -> [UInt8] {
        let length = bytes.count - Frame.headerSize
        precondition(length <= kind.largestPayload, "a frame beyond its kind's largest payload")
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        return bytes
    }

    private mutating func integer(_ value: UInt64, bytes count: Int) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
