import SandboxPolicy

/// What a line of Glovebox's log says of a call that ended a child, or that the posture audit let
/// pass.
struct ViolationRecord: Equatable, Sendable {
    /// The policy's name; nil in a record that does not tell it.
    var policy: String?
    var call: SeccompCall
    /// How far the child had come.
    var stage: String?
    var requestID: String?
    /// How often the line says that it was made.
    var times = 1
    /// The hash of the policy file that its child was held by.
    var policySHA256: String?
    /// Whether the child went on.
    var isRecorded = false

    enum Reading: Equatable, Sendable {
        case violation(ViolationRecord)
        /// Something else that was logged.
        case other
        /// A violation of which something is missing, and what: half a sentence.
        case incomplete(String)
        /// No line of a log.
        case unreadable
    }

    /// Reads a line of either log format, or one JSON object.
    static func read(_ text: String) -> Reading {
        if let fields = LogFields(text: text) { return read(fields) }
        // What collects logs may put its own words before a line.
        guard let start = text.firstIndex(of: "{"),
            let fields = LogFields(json: text[start...])
        else { return .unreadable }
        if fields.text("message") == nil, let entry = CrashEntry(json: text[start...]) {
            return read(entry)
        }
        return read(fields)
    }

    /// A line of the crash log.
    private static func read(_ entry: CrashEntry) -> Reading {
        guard case .record(let record) = entry, record.class == .violation,
            let call = record.observed.deniedCall
        else { return .other }
        let arguments = call.arguments.compactMap(hex)
        guard let architecture = hex(call.architecture).flatMap(UInt32.init(exactly:)),
            arguments.count == SeccompCall.argumentCount,
            arguments.count == call.arguments.count
        else { return .incomplete("its call is not six numbers in hex of an architecture") }
        return .violation(
            ViolationRecord(
                policy: record.policy.name,
                call: SeccompCall(
                    architecture: architecture, number: call.number, arguments: arguments),
                stage: LogFields.word(record.reported.stage),
                requestID: LogFields.word(record.request?.id)))
    }

    private static func read(_ fields: LogFields) -> Reading {
        let isRecorded = fields.text("message") == "call recorded"
        let isViolation =
            fields.text("message") == "child ended" && fields.text("class") == "violation"
        guard isRecorded || isViolation else { return .other }
        // An image that a reload tried a file with, which was never in force.
        if fields.flag("trial") { return .other }
        guard let number = fields.number("syscall_number") else {
            return .incomplete("it does not say in syscall_number which call that was")
        }
        guard let number = UInt32(exactly: number) else {
            return .incomplete("its syscall_number is no number of a call")
        }
        guard let text = fields.text("arch"), let architecture = hex(text),
            let architecture = UInt32(exactly: architecture)
        else { return .incomplete("it does not say in arch of which architecture the call was") }
        guard let words = fields.texts("arguments") else {
            return .incomplete(
                "it does not tell the call's arguments, without which there is no smallest rule")
        }
        let arguments = words.compactMap(hex)
        guard arguments.count == SeccompCall.argumentCount, words.count == arguments.count else {
            return .incomplete("its arguments are not six numbers in hex")
        }
        return .violation(
            ViolationRecord(
                policy: fields.text("policy"),
                call: SeccompCall(
                    architecture: architecture, number: number, arguments: arguments),
                stage: fields.word("stage"), requestID: fields.word("request_id"),
                times: Int(clamping: min(fields.number("count") ?? 1, 1 << 32)),
                policySHA256: fields.word("policy_sha256"), isRecorded: isRecorded))
    }

    private static func hex(_ text: String) -> UInt64? {
        guard text.hasPrefix("0x"), text.utf8.dropFirst(2).allSatisfy(isHexDigit) else {
            return nil
        }
        return UInt64(text.dropFirst(2), radix: 16)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit
    }
}
