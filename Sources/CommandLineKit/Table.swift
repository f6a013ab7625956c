/// Rows in columns for people: aligned by what a terminal shows, two spaces apart.
public struct Table: Sendable {
    /// On which side the cells of a column stand.
    public enum Alignment: Sendable {
        /// For text.
        case left
        /// For numbers.
        case right
    }

    /// A column: its title and the side of its cells.
    public struct Column: Sendable {
        let title: String
        let alignment: Alignment

        /// A column of text, or of numbers if aligned right.
        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, one cell a column; control characters are made visible.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells.map(Terminal.escape))
    }

    /// The lines, titles first, each ending in a newline.
    ///
    /// With a `width`, in columns of the terminal, the end of longer lines is cut and shown as `…`.
    public func render(width: Int? = nil) -> String {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in
            all.map { Terminal.width(of: $0[column]) }.max() ?? 0
        }
        var text = ""
        for row in all {
            var line = ""
            for (index, cell) in row.enumerated() {
                let gap = String(
                    repeating: " ", count: widths[index] - Terminal.width(of: cell))
                let isRight = columns[index].alignment == .right
                line += (index == 0 ? "" : "  ") + (isRight ? gap + cell : cell + gap)
            }
            while line.last == " " { line.removeLast() }
            text += (width.map { Terminal.fit(line, columns: $0) } ?? line) + "\n"
        }
        return text
    }
}
