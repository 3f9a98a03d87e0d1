/// Columns that stand under each other: the last one takes what is left of the line and is wrapped.
struct TextTable {
    let heading: [String]
    private(set) var rows: [[String]] = []

    init(_ heading: String...) { self.heading = heading }

    /// Adds a row of as many cells as the heading has.
    mutating func add(_ cells: String...) { rows.append(cells) }

    /// The lines of the table.
    ///
    /// - Parameter width: Characters of a line; nil leaves the last column whole, for programs that
    ///   read lines.
    func text(width: Int? = nil) -> String {
        let widths = heading.indices.dropLast().map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        let indent = widths.reduce(0) { $0 + $1 + 2 }
        var text = ""
        for row in [heading] + rows {
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            let last = row.last ?? ""
            let lines =
                width.map {
                    WrappedText.lines(
                        last, columns: max($0, indent + 20), first: line,
                        rest: String(repeating: " ", count: indent))
                } ?? [line + last]
            text += lines.map { $0.trimmingTrailingSpaces + "\n" }.joined()
        }
        return text
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
