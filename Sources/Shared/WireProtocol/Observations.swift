public import ImageVocabulary

/// A call that a child's policy does not allow, as the kernel held it (seccomp_unotify(2)): register
/// values, which the child cannot forge. What they point to was not read.
public struct DeniedCall: Equatable, Sendable {
    /// The number, in the architecture's own table.
    public var number: UInt32
    /// AUDIT_ARCH of the call.
    public var architecture: UInt32
    public var instructionPointer: UInt64
    /// Exactly six.
    public var arguments: [UInt64]
    /// Whether it is a thread of the child sending SIGABRT to itself: abort(3), so a crash.
    public var isAbort: Bool

    public init(
        number: UInt32, architecture: UInt32, instructionPointer: UInt64, arguments: [UInt64],
        isAbort: Bool
    ) {
        precondition(arguments.count == 6, "a system call has six arguments")
        self.number = number
        self.architecture = architecture
        self.instructionPointer = instructionPointer
        self.arguments = arguments
        self.isAbort = isAbort
    }

    func write(to frame: inout FrameWriter) {
        frame.u32(number)
        frame.u32(architecture)
        frame.u64(instructionPointer)
        for argument in arguments { frame.u64(argument) }
        frame.bool(isAbort)
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        number = try cursor.u32(in: payload)
        architecture = try cursor.u32(in: payload)
        instructionPointer = try cursor.u64(in: payload)
        arguments = []
        for _ in 0..<6 { arguments.append(try cursor.u64(in: payload)) }
        isAbort = try cursor.bool(in: payload)
    }
}

/// How a child ended and what it used, from wait4(2).
public struct ChildExit: Equatable, Sendable {
    /// What wait(2) said.
    public enum Ending: Equatable, Sendable {
        case status(Int32)
        case signal(Int32)
    }

    public var ending: Ending
    /// Time in user mode in microseconds.
    public var userTime: UInt64
    /// Time in the kernel in microseconds.
    public var systemTime: UInt64
    /// Largest resident set in KiB, shared pages included.
    public var peakResident: UInt64
    public var minorFaults: UInt64
    public var majorFaults: UInt64

    public init(
        ending: Ending, userTime: UInt64, systemTime: UInt64, peakResident: UInt64,
        minorFaults: UInt64, majorFaults: UInt64
    ) {
        self.ending = ending
        self.userTime = userTime
        self.systemTime = systemTime
        self.peakResident = peakResident
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
    }

    func write(to frame: inout FrameWriter) {
        switch ending {
        case .status(let value):
            frame.u8(1)
            frame.i32(value)
        case .signal(let value):
            frame.u8(2)
            frame.i32(value)
        }
        frame.u64(userTime)
        frame.u64(systemTime)
        frame.u64(peakResident)
        frame.u64(minorFaults)
        frame.u64(majorFaults)
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        let how = try cursor.u8(in: payload)
        let value = try cursor.i32(in: payload)
        switch how {
        case 1: ending = .status(value)
        case 2: ending = .signal(value)
        default: throw .badValue("ending")
        }
        userTime = try cursor.u64(in: payload)
        systemTime = try cursor.u64(in: payload)
        peakResident = try cursor.u64(in: payload)
        minorFaults = try cursor.u64(in: payload)
        majorFaults = try cursor.u64(in: payload)
    }
}

/// A step of setting up a zygote or a child that failed.
public struct SetupFailure: Error, Equatable, Sendable {
    /// The stage of a zygote whose image libraries cannot be used.
    public static let librariesStage = "libraries"

    /// The step's name.
    public var stage: String
    /// errno(3), 0 where there is none.
    public var code: Int32
    /// More about it, for the operator.
    public var detail: String
    /// The formats that the loaded libraries cannot read, where it is that; another build of them
    /// may be able to. Empty for every other failure.
    public var unreadable: [ImageFormat]

    public init(
        stage: String, code: Int32, detail: String = "", unreadable: [ImageFormat] = []
    ) {
        self.stage = stage
        self.code = code
        self.detail = detail
        self.unreadable = unreadable
    }

    func write(to frame: inout FrameWriter) {
        frame.i32(code)
        frame.u8(UInt8(unreadable.count))
        for format in unreadable { frame.u8(format.rawValue) }
        frame.text((stage + "\n" + detail).utf8)
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        code = try cursor.i32(in: payload)
        unreadable = []
        for _ in 0..<(try cursor.u8(in: payload)) {
            unreadable.append(try cursor.value(ImageFormat.self, in: payload))
        }
        let text = String(decoding: try cursor.text(in: payload), as: UTF8.self)
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        stage = String(parts[0])
        detail = parts.count > 1 ? String(parts[1]) : ""
    }
}
