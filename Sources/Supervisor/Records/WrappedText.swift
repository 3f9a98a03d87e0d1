/// Text in lines that a terminal of eighty columns shows whole.
enum WrappedText {
    /// The widest line. Nothing but a word that is longer by itself is wider.
    static let columns = 80

    /// The words of a text in lines, one column for each character.
    ///
    /// - Parameters:
    ///   - first: what stands before the first line, spaces included.
    ///   - rest: what stands before each line after it.
    static func lines(
        _ text: String, columns: Int = columns, first: String = "", rest: String = ""
    ) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = rest
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}
