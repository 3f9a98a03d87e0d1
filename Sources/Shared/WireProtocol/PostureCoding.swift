internal import SandboxPolicy

/// A posture on the wire: `u8 count`, then for each layer `u8 layer`, `u8 state`, `u32 detail`.
extension FrameWriter {
    mutating func posture(_ posture: Posture) {
        u8(UInt8(posture.entries.count))
        for entry in posture.entries {
            u8(entry.layer.code)
            u8(entry.state.rawValue)
            u32(entry.detail)
        }
    }
}

extension PayloadCursor {
    mutating func posture(in bytes: Span<UInt8>) throws(WireError) -> Posture {
        let count = Int(try u8(in: bytes))
        guard count <= Layer.allCases.count else { throw .tooMany("layers") }
        var posture = Posture()
        for _ in 0..<count {
            guard let layer = Layer(code: try u8(in: bytes)) else { throw .badValue("layer") }
            guard posture[layer] == nil else { throw .badValue("layer") }
            let state = try value(LayerState.self, in: bytes)
            posture.set(layer, state, detail: try u32(in: bytes))
        }
        return posture
    }
}
