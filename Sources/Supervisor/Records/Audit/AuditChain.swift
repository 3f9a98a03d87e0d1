import Crypto

/// Lines that cannot be changed, removed or put in without the chain telling: each carries the code of the
/// one before it, under a key that whoever may write to the file does not have to know.
///
/// The code of a line is HMAC-SHA256 (RFC 2104) over the code before it, a line feed, and the line. What
/// the chain cannot tell is that its end was cut off: for that the last code is kept elsewhere.
struct AuditChain: Sendable {
    /// The code of what was written last, in hexadecimal.
    private(set) var last: String
    private let key: SymmetricKey

    /// What the first line follows.
    static let start = String(repeating: "0", count: 64)

    init(key: [UInt8], after last: String = AuditChain.start) {
        self.key = SymmetricKey(data: key)
        self.last = last
    }

    /// Takes in the next line.
    ///
    /// - Parameter line: its text without the code, in one form: members in the order in which they are
    ///   written.
    /// - Returns: the code that goes with it.
    mutating func append(_ line: some StringProtocol) -> String {
        last = code(of: line, after: last)
        return last
    }

    /// Whether a line with this code follows what was taken in until now, and takes it in if it does.
    mutating func accept(_ line: some StringProtocol, code given: some StringProtocol) -> Bool {
        let expected = code(of: line, after: last)
        guard Array(given.utf8) == Array(expected.utf8) else { return false }
        last = expected
        return true
    }

    private func code(of line: some StringProtocol, after last: String) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(last)\n".utf8))
        code.update(data: Array(line.utf8))
        return Hexadecimal.text(Array(code.finalize()))
    }
}
