public import ImageVocabulary
public import SandboxPolicy

/// Everything a zygote is told before it loads a library.
public struct ZygoteConfiguration: Equatable, Sendable {
    /// The formats whose loaders are unblocked.
    public var formats: [ImageFormat]
    /// What a child may take beyond the zygote's resting size, in bytes.
    public var memoryBudget: UInt64
    /// Processor seconds of one child.
    public var cpuSeconds: UInt32
    /// Threads of one child.
    public var threads: UInt32
    /// What stands where the host has its file system.
    public var root: SandboxRoot
    /// Limits that the policy sets as they stand.
    public var resourceLimits: [ResourceLimit]
    /// The finished filter program: 8 bytes an instruction.
    public var program: [UInt8]
    /// What becomes of calls that the program holds; nil where they end the child.
    public var recording: CallRecording?

    public init(
        formats: [ImageFormat], memoryBudget: UInt64, cpuSeconds: UInt32, threads: UInt32,
        root: SandboxRoot, resourceLimits: [ResourceLimit], program: [UInt8],
        recording: CallRecording? = nil
    ) {
        self.formats = formats
        self.memoryBudget = memoryBudget
        self.cpuSeconds = cpuSeconds
        self.threads = threads
        self.root = root
        self.resourceLimits = resourceLimits
        self.program = program
        self.recording = recording
    }

    func encoded() -> [UInt8] {
        var frame = FrameWriter(.configure)
        frame.u16(Frame.protocolVersion)
        frame.u8(UInt8(formats.count))
        for format in formats { frame.u8(format.rawValue) }
        frame.u64(memoryBudget)
        frame.u32(cpuSeconds)
        frame.u32(threads)
        frame.u8(root.rawValue)
        frame.u8(UInt8(resourceLimits.count))
        for limit in resourceLimits {
            frame.u8(limit.kind.rawValue)
            frame.u64(limit.soft)
            frame.u64(limit.hard)
        }
        frame.u32(UInt32(program.count))
        frame.raw(program)
        frame.bool(recording != nil)
        recording?.write(to: &frame)
        return frame.finish()
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        guard try cursor.u16(in: payload) == Frame.protocolVersion else {
            throw .badValue("protocol version")
        }
        formats = []
        for _ in 0..<(try cursor.u8(in: payload)) {
            formats.append(try cursor.value(ImageFormat.self, in: payload))
        }
        memoryBudget = try cursor.u64(in: payload)
        cpuSeconds = try cursor.u32(in: payload)
        threads = try cursor.u32(in: payload)
        root = try cursor.value(SandboxRoot.self, in: payload)
        resourceLimits = []
        for _ in 0..<(try cursor.u8(in: payload)) {
            let kind = try cursor.value(ResourceLimit.Kind.self, in: payload)
            let soft = try cursor.u64(in: payload)
            resourceLimits.append(
                ResourceLimit(kind, soft: soft, hard: try cursor.u64(in: payload)))
        }
        program = try cursor.bytes(Int(try cursor.u32(in: payload)), in: payload)
        recording = try cursor.bool(in: payload) ? try CallRecording(&cursor, payload) : nil
    }
}

/// A zygote's first word.
public struct ZygoteHello: Equatable, Sendable {
    /// The layers the zygote entered for itself and its children.
    public var posture: Posture
    /// libvips' own version text.
    public var libvips: String
    /// libmagic's version number, such as 544.
    public var libmagic: UInt32
    /// Data segment at rest in bytes: what the memory budget is counted on top of.
    public var restingData: UInt64
    /// Address space at rest in bytes.
    public var restingAddressSpace: UInt64
    /// Fonts that text can be drawn with; nil where nobody draws text, or nobody has counted them.
    public var fonts: UInt32?
    /// The formats of results that its libraries can write.
    public var writes: [ImageFormat]
    /// The files of code that it has loaded, itself first.
    public var libraries: [LibraryBuild]

    public init(
        posture: Posture, libvips: String, libmagic: UInt32, restingData: UInt64,
        restingAddressSpace: UInt64, fonts: UInt32? = nil, writes: [ImageFormat] = [],
        libraries: [LibraryBuild] = []
    ) {
        self.posture = posture
        self.libvips = libvips
        self.libmagic = libmagic
        self.restingData = restingData
        self.restingAddressSpace = restingAddressSpace
        self.fonts = fonts
        self.writes = writes
        self.libraries = libraries
    }

    func encoded() -> [UInt8] {
        var frame = FrameWriter(.hello)
        frame.u16(Frame.protocolVersion)
        frame.posture(posture)
        frame.u32(libmagic)
        frame.u64(restingData)
        frame.u64(restingAddressSpace)
        frame.u8(fonts == nil ? 0 : 1)
        frame.u32(fonts ?? 0)
        frame.u8(UInt8(writes.count))
        for format in writes { frame.u8(format.rawValue) }
        let name = Array(libvips.utf8.prefix(64))
        frame.u8(UInt8(name.count))
        frame.raw(name)
        frame.u8(UInt8(min(libraries.count, LibraryBuild.largestCount)))
        for library in libraries.prefix(LibraryBuild.largestCount) { library.write(to: &frame) }
        return frame.finish()
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        guard try cursor.u16(in: payload) == Frame.protocolVersion else {
            throw .badValue("protocol version")
        }
        posture = try cursor.posture(in: payload)
        libmagic = try cursor.u32(in: payload)
        restingData = try cursor.u64(in: payload)
        restingAddressSpace = try cursor.u64(in: payload)
        let isCounted = try cursor.bool(in: payload)
        let count = try cursor.u32(in: payload)
        guard isCounted || count == 0 else { throw .badValue("fonts") }
        fonts = isCounted ? count : nil
        writes = []
        for _ in 0..<(try cursor.u8(in: payload)) {
            writes.append(try cursor.value(ImageFormat.self, in: payload))
        }
        let length = Int(try cursor.u8(in: payload))
        guard length <= 64 else { throw .badValue("version text") }
        libvips = String(decoding: try cursor.bytes(length, in: payload), as: UTF8.self)
        libraries = []
        for _ in 0..<(try cursor.u8(in: payload)) {
            libraries.append(try LibraryBuild(&cursor, payload))
        }
    }
}
