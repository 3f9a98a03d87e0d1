public import ImageVocabulary

/// The one frame a child ever receives: what to do, within which limits, with which bytes of its
/// input descriptor.
public struct JobMessage: Equatable, Sendable {
    /// What is asked for.
    public enum Operation: UInt8, Sendable {
        /// Facts and details, from the header alone but for ``InfoWishes/dominantColor``.
        case info = 1
        /// One encoded result for each plan.
        case process = 2
    }

    /// Where one input stands in the memfd.
    public struct Input: Equatable, Sendable {
        /// First byte.
        public var offset: UInt64
        /// Bytes, at least 1.
        public var length: UInt64
        /// The format the supervisor read from the magic number; libmagic must agree.
        public var format: ImageFormat

        public init(offset: UInt64, length: UInt64, format: ImageFormat) {
            self.offset = offset
            self.length = length
            self.format = format
        }
    }

    public var operation: Operation
    public var limits: JobLimits
    /// 1 to ``largestCount`` inputs; the first is the image itself.
    public var inputs: [Input]
    /// One for each result; none for ``Operation/info``.
    public var plans: [Plan]
    /// What facts are to have besides; only for ``Operation/info``.
    public var wishes: InfoWishes

    /// Most inputs, and most plans, in one job.
    public static let largestCount = 8

    public init(
        operation: Operation, limits: JobLimits, inputs: [Input], plans: [Plan],
        wishes: InfoWishes = []
    ) {
        self.operation = operation
        self.limits = limits
        self.inputs = inputs
        self.plans = plans
        self.wishes = wishes
    }

    /// The frame, at most ``Frame/largestJob`` bytes.
    public func encoded() -> [UInt8] {
        var frame = FrameWriter(.job)
        frame.u8(operation.rawValue)
        frame.u64(limits.inputBytes)
        frame.u32(limits.width)
        frame.u32(limits.height)
        frame.u64(limits.pixels)
        frame.u32(limits.frames)
        frame.u64(limits.framePixels)
        frame.u64(limits.outputBytes)
        frame.u8(UInt8(inputs.count))
        for input in inputs {
            frame.u64(input.offset)
            frame.u64(input.length)
            frame.u8(input.format.rawValue)
        }
        frame.u8(UInt8(plans.count))
        for plan in plans { frame.plan(plan) }
        if operation == .info { frame.u8(wishes.rawValue) }
        return frame.finish()
    }

    /// Reads the payload of a `job` frame.
    public init(payload: Span<UInt8>) throws(WireError) {
        var cursor = PayloadCursor()
        operation = try cursor.value(Operation.self, in: payload)
        limits = JobLimits(
            inputBytes: try cursor.u64(in: payload), width: try cursor.u32(in: payload),
            height: try cursor.u32(in: payload), pixels: try cursor.u64(in: payload),
            frames: try cursor.u32(in: payload), framePixels: try cursor.u64(in: payload),
            outputBytes: try cursor.u64(in: payload))
        inputs = []
        for _ in 0..<(try Self.count(1, &cursor, payload, "inputs")) {
            let input = Input(
                offset: try cursor.u64(in: payload), length: try cursor.u64(in: payload),
                format: try cursor.value(ImageFormat.self, in: payload))
            let (end, overflow) = input.offset.addingReportingOverflow(input.length)
            guard !overflow, end <= limits.inputBytes, input.length > 0 else {
                throw .badValue("input range")
            }
            inputs.append(input)
        }
        plans = []
        let fewest = operation == .process ? 1 : 0
        for _ in 0..<(try Self.count(fewest, &cursor, payload, "plans")) {
            let plan = try cursor.plan(in: payload)
            if let watermark = plan.watermark, Int(watermark.input) >= inputs.count {
                throw .badValue("watermark input")
            }
            plans.append(plan)
        }
        wishes = operation == .info ? InfoWishes(rawValue: try cursor.u8(in: payload)) : []
        guard wishes.isSubset(of: .all) else { throw .badValue("wishes") }
        try cursor.finish(in: payload)
    }

    private static func count(
        _ fewest: Int, _ cursor: inout PayloadCursor, _ payload: Span<UInt8>, _ what: String
    ) throws(WireError) -> Int {
        let count = Int(try cursor.u8(in: payload))
        guard count >= fewest, count <= largestCount else { throw .tooMany(what) }
        return count
    }
}
