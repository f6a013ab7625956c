/// A text for people in blocks of plain text; each medium escapes and lays it out in its own way.
public struct Document: Sendable, Equatable {
    /// One block.
    public enum Block: Sendable, Equatable {
        /// What the document says, in one line; the first block.
        case title(String)
        /// What comes next.
        case heading(String)
        /// A few sentences.
        case paragraph(String)
        /// Rows in columns.
        case grid(Grid)
        /// Lines whose characters stand one below the other, at most 90 columns wide.
        case drawing([String])
    }

    /// The blocks, in order.
    public internal(set) var blocks: [Block] = []

    mutating func heading(_ text: String) { blocks.append(.heading(text)) }

    mutating func paragraph(_ text: String) { blocks.append(.paragraph(text)) }

    /// Adds a grid, and says where the rows are that are too many for the reader.
    mutating func grid(_ grid: Grid, rowsMax: Int) {
        guard grid.rows.count > rowsMax else {
            blocks.append(.grid(grid))
            return
        }
        blocks.append(.grid(Grid(grid.columns, Array(grid.rows.prefix(rowsMax)))))
        paragraph("… and \(grid.rows.count - rowsMax) more; --json lists them all.")
    }
}

/// Rows in columns.
public struct Grid: Sendable, Equatable {
    /// A column.
    public struct Column: Sendable, Equatable {
        /// What it holds.
        public let title: String
        /// Whether its cells are numbers, which stand on the right.
        public let isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// The columns.
    public let columns: [Column]
    /// The rows, one cell a column.
    public internal(set) var rows: [[String]]

    init(_ columns: [Column], _ rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }
}
