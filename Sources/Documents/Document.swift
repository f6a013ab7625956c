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
    public var blocks: [Block]

    /// A document of these blocks.
    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    /// Adds a heading.
    public mutating func heading(_ text: String) { blocks.append(.heading(text)) }

    /// Adds a few sentences.
    public mutating func paragraph(_ text: String) { blocks.append(.paragraph(text)) }

    /// Adds a grid, and says where the rows are that are too many for the reader.
    ///
    /// - Parameter rest: Where they are: ends the sentence after a semicolon.
    public mutating func grid(
        _ grid: Grid, rowsMax: Int = .max, rest: String = "--json lists them all"
    ) {
        guard grid.rows.count > rowsMax else {
            blocks.append(.grid(grid))
            return
        }
        blocks.append(.grid(Grid(grid.columns, Array(grid.rows.prefix(rowsMax)))))
        paragraph("… and \(grid.rows.count - rowsMax) more; \(rest).")
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

        /// A column of words.
        public static func text(_ title: String) -> Column {
            Column(title: title, isNumber: false)
        }

        /// A column of numbers.
        public static func number(_ title: String) -> Column {
            Column(title: title, isNumber: true)
        }
    }

    /// The columns.
    public let columns: [Column]
    /// The rows, one cell a column.
    public var rows: [[String]]

    /// A grid of these rows, each with one cell a column.
    public init(_ columns: [Column], _ rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }
}
