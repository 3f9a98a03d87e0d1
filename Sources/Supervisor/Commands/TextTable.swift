/// Columns that stand under each other. The last one, and those that are named flexible, share what
/// the others leave of a line, and are wrapped.
struct TextTable {
    let heading: [String]
    private let flexible: Set<Int>
    private var lines: [Line] = []

    private enum Line {
        case row([String])
        case section(String)
    }

    /// - Parameter flexible: columns by index; the last one always is.
    init(_ heading: String..., flexible: Set<Int> = []) {
        self.heading = heading
        self.flexible = flexible.union([heading.count - 1])
    }

    var isEmpty: Bool { lines.isEmpty }

    /// Adds a row of as many cells as the heading has. A newline in a flexible cell begins a line of
    /// it.
    mutating func add(_ cells: String...) { lines.append(.row(cells)) }

    /// Begins a part of the table with a title, which programs that read lines do not get.
    mutating func addSection(_ title: String) { lines.append(.section(title)) }

    /// The lines of the table.
    ///
    /// - Parameter width: Characters of a line; nil leaves every row one line, for programs that
    ///   read lines.
    func text(width: Int? = nil) -> String {
        let rows: [[String]] = lines.compactMap { line in
            if case .row(let cells) = line { return cells }
            return nil
        }
        let widths = columnWidths([heading] + rows, width)
        var text = Self.text(heading, widths, isWrapped: width != nil)
        for (index, line) in lines.enumerated() {
            switch line {
            case .row(let cells): text += Self.text(cells, widths, isWrapped: width != nil)
            case .section(let title):
                if width != nil { text += (index == 0 ? "" : "\n") + title + "\n" }
            }
        }
        return text
    }

    /// The least that a flexible column gets, however narrow the line.
    private static let narrowest = 20

    private func columnWidths(_ rows: [[String]], _ width: Int?) -> [Int] {
        var widths = heading.indices.map { column in
            rows.flatMap { $0[column].split(separator: "\n") }.map(\.count).max() ?? 0
        }
        guard let width else { return widths }
        let gaps = 2 * (widths.count - 1)
        let fixed = widths.indices.filter { !flexible.contains($0) }.reduce(0) { $0 + widths[$1] }
        var rest = width - fixed - gaps
        // Those that need less than their share leave it to the others.
        let shared = flexible.sorted { widths[$0] < widths[$1] }
        for (place, column) in shared.enumerated() {
            let share = max(Self.narrowest, rest / (shared.count - place))
            widths[column] = min(widths[column], share)
            rest -= widths[column]
        }
        return widths
    }

    private static func text(_ row: [String], _ widths: [Int], isWrapped: Bool) -> String {
        let cells = zip(row, widths).map { cell, width in
            isWrapped ? WrappedText.cell(cell, columns: width) : [cell.replacing("\n", with: " ")]
        }
        var text = ""
        for index in 0..<(cells.map(\.count).max() ?? 0) {
            var line = ""
            for (cell, width) in zip(cells, widths) {
                let part = index < cell.count ? cell[index] : ""
                line += part + String(repeating: " ", count: max(0, width - part.count) + 2)
            }
            text += line.trimmingTrailingSpaces + "\n"
        }
        return text
    }
}

extension WrappedText {
    /// The lines of one cell. A line keeps the spaces it begins with, and what of it is wrapped
    /// stands under it; a word too long for a line is divided behind `|`.
    static func cell(_ text: String, columns: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            let indent = String(line.prefix { $0 == " " })
            let divided = line.split(separator: " ").map { word -> [Substring] in
                word.count + indent.count <= columns ? [word] : word.splittingBehindBars
            }
            var lines: [String] = []
            var current = indent
            for word in divided {
                for (place, piece) in word.enumerated() {
                    let gap = current.count == indent.count || place > 0 ? "" : " "
                    if current.count > indent.count,
                        current.count + gap.count + piece.count > columns
                    {
                        lines.append(current)
                        current = indent + piece
                    } else {
                        current += gap + piece
                    }
                }
            }
            return lines + [current]
        }
    }
}

extension Substring {
    /// Its parts, each but the last with the bar that ends it.
    fileprivate var splittingBehindBars: [Substring] {
        var parts: [Substring] = []
        var rest = self
        while let bar = rest.firstIndex(of: "|") {
            parts.append(rest[...bar])
            rest = rest[rest.index(after: bar)...]
        }
        return parts + [rest]
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
