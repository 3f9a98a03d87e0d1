import ImageVocabulary
import Testing
import WireProtocol

@Suite("The job frame")
struct JobMessageTests {
    /// The layout as WIRE.md has it, written out by hand: limits, one input, one plan.
    static let limits: [UInt8] =
        [0, 1, 0, 0, 0, 0, 0, 0] + [0x30, 0x75, 0, 0] + [0x31, 0x75, 0, 0]
        + [0x80, 0xF0, 0xFA, 2, 0, 0, 0, 0] + [9, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0] + [
            0, 0, 0, 1, 0, 0, 0, 0,
        ]
    static let input: [UInt8] = [16, 0, 0, 0, 0, 0, 0, 0] + [0xF0, 0, 0, 0, 0, 0, 0, 0] + [2]
    static let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    static let half: [UInt8] = [0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
    static let zero = [UInt8](repeating: 0, count: 8)
    /// Page 2 of two, 300 dpi, one frame, a trim in red, a crop of a half by 16 at the top.
    static let part: [UInt8] =
        [1] + [2, 0, 0, 0] + [2, 0, 0, 0] + [0, 0, 0, 0, 0, 0xC0, 0x72, 0x40] + [1, 0, 0, 0] + [0]
        + [1] + one + [1, 255, 0, 0] + [1] + [0]
        + half + [0, 0, 0, 0, 0, 0, 0x30, 0x40] + [2] + zero + zero + zero + [0]
    /// 300 by 200, least and largest sides of 1, 2 and 3, factors of 1, places.
    static let size: [UInt8] =
        [2] + [0x2C, 1, 0, 0] + [0xC8, 0, 0, 0] + [1, 0, 0, 0] + [2, 0, 0, 0] + [3, 0, 0, 0]
        + one + one + one + [1] + [8] + half + [0, 0, 0, 0, 0, 0, 0xD0, 0xBF]
    /// A turn by 90 degrees, mirrored, a canvas, padding of 4 to 7, on blue.
    static let canvas: [UInt8] =
        [0] + [1] + [1] + [0] + [1] + zero + zero + [0] + [4, 0, 0, 0] + [5, 0, 0, 0]
        + [6, 0, 0, 0] + [7, 0, 0, 0] + [1, 0, 0, 255]
    /// Darker by 2, a blur of 1, and the second input at half its strength, repeated.
    static let effects: [UInt8] =
        [0xFE, 0xFF, 0xFF, 0xFF] + one + one + one + zero + [9, 0, 0, 0]
        + [1] + half + [0] + zero + zero + zero + [1]
    /// WebP, otherwise AVIF or PNG, quality 80, at most 256 bytes, progressive, sRGB.
    static let result: [UInt8] =
        [3] + [0] + [1, 6] + [1, 2] + [80] + [80, 80, 79, 80, 80, 63, 77, 80] + [0, 1, 0, 0]
        + [1] + [16, 0] + [0] + [1] + [1] + [1] + [1]
    static let plan = part + size + canvas + effects + result
    static let second: [UInt8] = zero + [16, 0, 0, 0, 0, 0, 0, 0] + [2]
    static let payload = [2] + limits + [2] + input + second + [1] + plan

    static let job = JobMessage(
        operation: .process,
        limits: JobLimits(
            inputBytes: 256, width: 30_000, height: 30_001, pixels: 50_000_000, frames: 9,
            framePixels: 1, outputBytes: 16_777_216),
        inputs: [
            .init(offset: 16, length: 240, format: .png),
            .init(offset: 0, length: 16, format: .png),
        ],
        plans: [everything])

    static let everything: Plan = {
        var plan = Plan(
            resizing: .fill, width: 300, height: 200, enlarge: true,
            gravity: Gravity(anchor: .southEast, x: 0.5, y: -0.25), quality: 80,
            format: .webp, autoRotate: false, stripMetadata: true)
        plan.page = 2
        plan.pages = 2
        plan.dpi = 300
        plan.trim = Trim(
            threshold: 1, color: RGBColor(red: 255, green: 0, blue: 0), equalSides: true)
        plan.crop = CropArea(width: 0.5, height: 16, gravity: Gravity(anchor: .north))
        plan.minWidth = 1
        plan.minHeight = 2
        plan.largestSide = 3
        plan.rotation = .quarter
        plan.flip.horizontal = true
        plan.extend = .center
        plan.padding = Padding(top: 4, right: 5, bottom: 6, left: 7)
        plan.background = RGBColor(red: 0, green: 0, blue: 255)
        plan.effects.adjustment.brightness = -2
        plan.effects.blur = 1
        plan.effects.pixelate = 9
        plan.watermark = Watermark(opacity: 0.5, position: nil)
        plan.choice = FormatChoice(accepted: [.avif], preferred: [.png])
        plan.mostBytes = 256
        plan.encoding.progressive = true
        plan.encoding.paletteColors = 16
        plan.metadata.profile = .srgb
        return plan
    }()

    @Test("its bytes are the documented ones")
    func layout() throws {
        let count = Self.payload.count
        let header = [UInt8(count & 0xFF), UInt8(count >> 8), 0, 0, 1]
        #expect(Self.job.encoded() == header + Self.payload)
        #expect(try JobMessage(payload: Self.payload.span) == Self.job)
    }

    @Test("a job for facts has no plan, and a plan without a format keeps the source's")
    func smallest() throws {
        let info = [1] + Self.limits + [1] + Self.input + [0, 0]
        let job = try JobMessage(payload: info.span)
        #expect(job.operation == .info)
        #expect(job.plans.isEmpty)
        let plan = try JobMessage(
            payload: replacing(at: Self.payload.count - Self.result.count, with: 0).span)
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
    private static let firstPlan = firstInput + 2 * input.count + 1
    private static let firstSize = firstPlan + part.count
    private static let firstCanvas = firstSize + size.count
    private static let firstEffect = firstCanvas + canvas.count
    private static let firstResult = firstEffect + effects.count

    static let bad: [(Int, UInt8, WireError)] = [
        (0, 0, .badValue("Operation")), (0, 3, .badValue("Operation")),
        (firstInput - 1, 0, .tooMany("inputs")), (firstInput - 1, 9, .tooMany("inputs")),
        // One byte beyond the limit on bytes, a length of nothing, an end beyond 64 bits.
        (firstInput, 17, .badValue("input range")), (firstInput + 8, 0, .badValue("input range")),
        (firstInput + 15, 0xFF, .badValue("input range")),
        (firstInput + 16, 0, .badValue("ImageFormat")),
        (firstInput + 16, 14, .badValue("ImageFormat")),
        (firstPlan - 1, 0, .tooMany("plans")), (firstPlan - 1, 9, .tooMany("plans")),
        (firstPlan, 2, .badValue("boolean")), (firstPlan, 0, .badValue("page")),
        (firstPlan + 5, 0, .badValue("count")),
        (firstPlan + 16, 0x7F, .badValue("number")), (firstPlan + 17, 0, .badValue("count")),
        (firstPlan + 30, 0x7F, .badValue("number")), (firstPlan + 52, 0xC0, .badValue("number")),
        (firstSize, 0, .badValue("ResizingType")), (firstSize, 6, .badValue("ResizingType")),
        (firstSize + 3, 1, .badValue("side")), (firstSize + 8, 0xFF, .badValue("side")),
        (firstSize + 20, 1, .badValue("side")), (firstSize + 28, 0xC0, .badValue("number")),
        (firstSize + 45, 2, .badValue("boolean")), (firstSize + 46, 0, .badValue("Anchor")),
        (firstSize + 46, 13, .badValue("Anchor")), (firstCanvas + 1, 4, .badValue("Rotation")),
        (firstCanvas + 4, 10, .badValue("Anchor")), (firstCanvas + 4, 12, .badValue("Anchor")),
        (firstEffect + 1, 0, .badValue("brightness")),
        (firstEffect + 27, 0x70, .badValue("number")),
        (firstEffect + 49, 10, .badValue("Anchor")),
        (firstEffect + 74, 0, .badValue("watermark input")),
        (firstEffect + 74, 2, .badValue("watermark input")), (firstResult, 7, .badValue("format")),
        (firstResult + 2, 9, .tooMany("formats")), (firstResult + 3, 13, .badValue("format")),
        (firstResult + 6, 101, .badValue("quality")), (firstResult + 20, 1, .badValue("palette")),
        (firstResult + 26, 4, .badValue("profile")),
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
        for index in 0..<8 { bytes[Self.firstSize + 47 + index] = 0xFF }
        #expect(throws: WireError.badValue("number")) { try JobMessage(payload: bytes.span) }
    }

    private func replacing(at index: Int, with value: UInt8) -> [UInt8] {
        var bytes = Self.payload
        bytes[index] = value
        return bytes
    }
}
