import ImageVocabulary
import Testing
import WireProtocol

@Suite("The job frame")
struct JobMessageTests {
    /// The layout as WIRE.md has it, written out by hand: limits, one input, one plan.
    static let limits: [UInt8] =
        [0, 1, 0, 0, 0, 0, 0, 0] + [0x30, 0x75, 0, 0] + [0x31, 0x75, 0, 0]
        + [0x80, 0xF0, 0xFA, 2, 0, 0, 0, 0] + [9, 0, 0, 0] + [0, 0, 0, 1, 0, 0, 0, 0]
    static let input: [UInt8] = [16, 0, 0, 0, 0, 0, 0, 0] + [0xF0, 0, 0, 0, 0, 0, 0, 0] + [2]
    static let plan: [UInt8] =
        [2] + [0x2C, 1, 0, 0] + [0xC8, 0, 0, 0] + [1] + [8]
        + [0, 0, 0, 0, 0, 0, 0xE0, 0x3F] + [0, 0, 0, 0, 0, 0, 0xD0, 0xBF] + [80] + [3] + [0] + [1]
    static let payload = [2] + limits + [1] + input + [1] + plan

    static let job = JobMessage(
        operation: .process,
        limits: JobLimits(
            inputBytes: 256, width: 30_000, height: 30_001, pixels: 50_000_000, frames: 9,
            outputBytes: 16_777_216),
        inputs: [.init(offset: 16, length: 240, format: .png)],
        plans: [
            Plan(
                resizing: .fill, width: 300, height: 200, enlarge: true,
                gravity: Gravity(anchor: .southEast, x: 0.5, y: -0.25), quality: 80,
                format: .webp, autoRotate: false, stripMetadata: true)
        ])

    @Test("its bytes are the documented ones")
    func layout() throws {
        let header = [UInt8(Self.payload.count), 0, 0, 0, 1]
        #expect(Self.job.encoded() == header + Self.payload)
        #expect(try JobMessage(payload: Self.payload.span) == Self.job)
    }

    @Test("a job for facts has no plan, and a plan without a format keeps the source's")
    func smallest() throws {
        let info = [1] + Self.limits + [1] + Self.input + [0]
        let job = try JobMessage(payload: info.span)
        #expect(job.operation == .info)
        #expect(job.plans.isEmpty)
        let plan = try JobMessage(payload: replacing(at: Self.payload.count - 3, with: 0).span)
        #expect(plan.plans[0].format == nil)
    }

    @Test("eight inputs and eight plans fit one frame")
    func most() throws {
        var job = Self.job
        job.inputs = Array(repeating: job.inputs[0], count: 8)
        job.plans = Array(repeating: job.plans[0], count: 8)
        let bytes = job.encoded()
        #expect(bytes.count <= 4_096)
        #expect(try JobMessage(payload: Array(bytes[5...]).span) == job)
    }

    @Test("a payload cut off anywhere is refused, and so is one byte more")
    func cut() {
        for count in 0..<Self.payload.count {
            #expect(throws: WireError.truncated) {
                try JobMessage(payload: Array(Self.payload[..<count]).span)
            }
        }
        #expect(throws: WireError.trailingBytes) {
            try JobMessage(payload: (Self.payload + [0]).span)
        }
    }

    private static let firstInput = 1 + limits.count + 1
    private static let firstPlan = firstInput + input.count + 1

    static let bad: [(Int, UInt8, WireError)] = [
        (0, 0, .badValue("Operation")), (0, 3, .badValue("Operation")),
        (firstInput - 1, 0, .tooMany("inputs")), (firstInput - 1, 9, .tooMany("inputs")),
        // One byte beyond the limit on bytes, a length of nothing, an end beyond 64 bits.
        (firstInput, 17, .badValue("input range")), (firstInput + 8, 0, .badValue("input range")),
        (firstInput + 15, 0xFF, .badValue("input range")),
        (firstInput + 16, 0, .badValue("ImageFormat")),
        (firstInput + 16, 14, .badValue("ImageFormat")),
        (firstPlan - 1, 0, .tooMany("plans")), (firstPlan - 1, 9, .tooMany("plans")),
        (firstPlan, 0, .badValue("ResizingType")), (firstPlan, 4, .badValue("ResizingType")),
        (firstPlan + 3, 1, .badValue("side")), (firstPlan + 8, 0xFF, .badValue("side")),
        (firstPlan + 9, 2, .badValue("boolean")), (firstPlan + 10, 0, .badValue("Anchor")),
        (firstPlan + 10, 12, .badValue("Anchor")), (firstPlan + 27, 101, .badValue("quality")),
        (firstPlan + 28, 7, .badValue("format")), (firstPlan + 29, 2, .badValue("boolean")),
        (firstPlan + 30, 255, .badValue("boolean")),
    ]

    @Test("a field outside its range is refused", arguments: bad)
    func ranges(index: Int, value: UInt8, error: WireError) {
        #expect(throws: error) { try JobMessage(payload: replacing(at: index, with: value).span) }
    }

    @Test("an input whose end overflows 64 bits is refused")
    func overflow() {
        var bytes = Self.payload
        for index in 0..<16 { bytes[Self.firstInput + index] = 0xFF }
        #expect(throws: WireError.badValue("input range")) {
            try JobMessage(payload: bytes.span)
        }
    }

    @Test("an offset that is not a number is refused")
    func notANumber() {
        var bytes = Self.payload
        for index in 0..<8 { bytes[Self.firstPlan + 11 + index] = 0xFF }
        #expect(throws: WireError.badValue("number")) { try JobMessage(payload: bytes.span) }
    }

    private func replacing(at index: Int, with value: UInt8) -> [UInt8] {
        var bytes = Self.payload
        bytes[index] = value
        return bytes
    }
}
