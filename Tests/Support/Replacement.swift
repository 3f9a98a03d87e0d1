/// A text that has nothing of what a test wants to change.
public struct NothingToReplace: Error, CustomStringConvertible {
    public let description: String
}

extension String {
    /// This text with every match replaced.
    ///
    /// - Throws: ``NothingToReplace`` when that leaves it as it is: the test would try something
    ///   else than it says.
    public func mustReplace(
        _ pattern: some RegexComponent, with replacement: String
    ) throws -> String {
        try changed(to: replacing(pattern, with: replacement), replacement)
    }

    /// As for a pattern.
    public func mustReplace(_ part: String, with replacement: String) throws -> String {
        try changed(to: replacing(part, with: replacement), replacement)
    }

    private func changed(to text: String, _ replacement: String) throws -> String {
        guard text != self else {
            throw NothingToReplace(description: "nothing became '\(replacement)'")
        }
        return text
    }
}
