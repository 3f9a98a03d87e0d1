/// How far a long run is, in one line of a terminal on standard error; nothing elsewhere.
struct ProgressBar {
    private let label: String
    private let total: Int
    private let isShown: Bool
    private var done = 0
    private var shown = ""

    /// - Parameter isShown: whether somebody sees it.
    init(
        _ label: String, total: Int, isShown: Bool = StandardStreams.errorIsTerminal
    ) {
        self.label = label
        self.total = total
        self.isShown = isShown && total > 0
        show()
    }

    mutating func advance() {
        done += 1
        show()
    }

    /// Leaves the line to what is printed next.
    mutating func finish() {
        if isShown { StandardStreams.writeError("\r\u{1b}[K") }
    }

    private static let columns = 30

    /// `learning   [##########....................]  40 of 120`
    static func line(_ label: String, done: Int, of total: Int) -> String {
        let part = min(columns, max(0, done * columns / max(1, total)))
        let bar =
            String(repeating: "#", count: part) + String(repeating: ".", count: columns - part)
        return "\(label) [\(bar)] \(done) of \(total)"
    }

    private mutating func show() {
        guard isShown else { return }
        let line = Self.line(label, done: done, of: total)
        if line != shown { StandardStreams.writeError("\r\(line)") }
        shown = line
    }
}
