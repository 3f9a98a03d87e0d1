import Testing
import WireProtocol

@Suite("Frames")
struct FrameReaderTests {
    @Test("a frame is u32 length, u8 kind and payload, little-endian")
    func layout() throws {
        var writer = FrameWriter(.done)
        writer.u8(0x01)
        writer.u16(0x0203)
        writer.u32(0x0405_0607)
        writer.bool(true)
        #expect(writer.finish() == [8, 0, 0, 0, 0x15, 1, 3, 2, 7, 6, 5, 4, 1])
    }

    @Test("an empty frame is its header alone")
    func empty() throws {
        let bytes = FrameWriter(.end).finish()
        #expect(bytes == [0, 0, 0, 0, 0x16])
        #expect(try next(bytes) == .frame(.end, payload: 5..<5))
    }

    @Test("a reader says how many bytes a frame needs, whatever has arrived of it")
    func needs() throws {
        let bytes: [UInt8] = [2, 0, 0, 0, 0x13, 0xAA, 0xBB, 0xFF]
        for count in 0..<5 { #expect(try next(Array(bytes[..<count])) == .needs(total: 5)) }
        for count in 5..<7 { #expect(try next(Array(bytes[..<count])) == .needs(total: 7)) }
        for count in 7...8 {
            #expect(try next(Array(bytes[..<count])) == .frame(.facts, payload: 5..<7))
        }
    }

    @Test("an unknown kind is refused on the header", arguments: [0, 0x02, 0x19, 0x99, 0xFF])
    func unknown(kind: UInt8) {
        #expect(throws: WireError.unknownKind(kind)) { try next([0, 0, 0, 0, kind]) }
    }

    @Test("a kind that may not come now is refused, whatever its length says")
    func unexpected() {
        for header: [UInt8] in [[0, 0, 0, 0, 0x01], [255, 255, 255, 255, 0x01]] {
            #expect(throws: WireError.unexpected(.job)) {
                try FrameReader.next(in: header.span) { $0 == .ready }
            }
        }
    }

    @Test("a child that announces 4 GB is refused before a byte is buffered")
    func huge() {
        for kind in FrameKind.allCases {
            #expect(throws: WireError.tooLong(kind, .max)) {
                try next([255, 255, 255, 255, kind.rawValue])
            }
        }
    }

    @Test("each kind's largest payload is accepted, one byte more is not")
    func largest() throws {
        for kind in FrameKind.allCases {
            func header(_ length: Int) -> [UInt8] {
                (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [kind.rawValue]
            }
            let largest = kind.largestPayload
            let whole = header(largest) + Array(repeating: 0, count: largest)
            #expect(try next(whole) == .frame(kind, payload: 5..<(5 + largest)))
            #expect(throws: WireError.tooLong(kind, UInt32(largest + 1))) {
                try next(header(largest + 1))
            }
        }
    }

    @Test("a job frame fits what a pipe takes in one write")
    func atomic() {
        // PIPE_BUF is 4096 on Linux: pipe(7).
        #expect(FrameKind.job.largestPayload + Frame.headerSize <= 4_096)
    }

    @Test("frames in a row are read one after another")
    func sequence() throws {
        var writer = FrameWriter(.stage)
        writer.u8(3)
        let stream = writer.finish() + FrameWriter(.end).finish()
        guard case .frame(.stage, let first) = try next(stream) else {
            Issue.record("no first frame")
            return
        }
        #expect(Array(stream[first]) == [3])
        #expect(try next(Array(stream[first.upperBound...])) == .frame(.end, payload: 5..<5))
    }

    @Test("text is cut to what a frame may carry")
    func text() {
        var writer = FrameWriter(.refused)
        writer.u8(1)
        writer.text(Array(repeating: 0x41, count: 100_000))
        #expect(writer.finish().count == Frame.headerSize + 1 + Frame.largestText)
    }

    @Test("a writer that goes beyond its kind's maximum ends the process")
    func overlong() async {
        await #expect(processExitsWith: .failure) {
            var writer = FrameWriter(.stage)
            writer.u16(1)
            _ = writer.finish()
        }
    }

    @Test("labels carry nothing from the other side")
    func labels() {
        let errors: [WireError] = [
            .unknownKind(7), .unexpected(.job), .tooLong(.job, 7), .truncated, .trailingBytes,
            .badValue("x"), .endedEarly, .tooMany("x"),
        ]
        #expect(
            errors.map(\.label) == [
                "unknown-kind", "unexpected-kind", "too-long", "truncated", "trailing-bytes",
                "bad-value", "ended-early", "too-many",
            ])
    }

    private func next(_ bytes: [UInt8]) throws(WireError) -> FrameReader.Step {
        try FrameReader.next(in: bytes.span) { _ in true }
    }
}
