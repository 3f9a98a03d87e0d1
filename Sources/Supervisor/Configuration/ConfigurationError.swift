/// One thing that is wrong with a configuration.
struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
    let origin: Origin
    /// What is wrong and why, without a full stop.
    let what: String
    /// What to write or do instead, whole sentences.
    let advice: String

    init(_ origin: Origin, _ what: String, _ advice: String) {
        self.origin = origin
        self.what = what
        self.advice = advice
    }

    /// `file: key: what is wrong and why. What to write instead.` and the line at the end; the name
    /// of an option or of a variable stands in place of file and key.
    var description: String {
        let line = origin.line.map { " (line \($0))" } ?? ""
        return "\(origin.label): \(what). \(advice)\(line)"
    }

    /// A text from outside as it may stand in a message: one line, short, nothing that a terminal
    /// obeys.
    static func quoted(_ text: String) -> String {
        "\"" + UntrustedText.printable(Array(text.utf8.prefix(80))) + "\""
    }
}

/// A configuration that cannot be used, with everything that is wrong with it.
struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one, in the order of the sources, those of a file by their lines.
    let problems: [ConfigurationProblem]

    init(_ problems: [ConfigurationProblem]) {
        let order: [Origin.Kind] = [.option, .variable, .environmentFile, .file, .standard]
        func place(_ item: (offset: Int, element: ConfigurationProblem)) -> (Int, Int, Int) {
            let origin = item.element.origin
            return (order.firstIndex(of: origin.kind) ?? 0, origin.line ?? 0, item.offset)
        }
        self.problems = problems.enumerated().sorted { place($0) < place($1) }.map(\.element)
    }

    /// One problem a line.
    var description: String {
        let lines = problems.map(\.description).joined(separator: "\n")
        return problems.count == 1
            ? lines : "the configuration has \(problems.count) errors:\n\(lines)"
    }
}

extension CommandFailure {
    /// The command line and variables that stand for it are usage, files are not.
    init(_ error: ConfigurationError) {
        let isUsage = error.problems.contains(where: \.origin.isGivenWithCommand)
        self.init(status: isUsage ? .usage : .failed, message: error.description)
    }
}
