import CommandLineKit
import Documents

extension Output {
    /// Writes a document for a terminal: at most 100 columns wide, text from events made harmless.
    func write(_ document: Document) {
        for block in document.blocks {
            switch block {
            case .title(let title):
                line(styled(Terminal.escape(title), .bold, on: results))
            case .heading(let heading):
                line("")
                line(styled(Terminal.escape(heading.uppercased()), .bold, on: results))
            case .paragraph(let sentences):
                for text in Self.wrap(Terminal.escape(sentences)) { line(text) }
            case .grid(let grid):
                var table = Table(
                    grid.columns.map { Table.Column($0.title, $0.isNumber ? .right : .left) })
                for row in grid.rows { table.add(row) }
                results.write(table.render(width: Self.columnsMax))
            case .drawing(let lines):
                for text in lines { line(Terminal.escape(text)) }
            }
        }
    }

    /// Wider lines are hard to read, and do not fit where a log is pasted.
    private static let columnsMax = 100

    /// The words of a text in lines; a word that is too long for one stands alone.
    private static func wrap(_ text: String) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in text.split(separator: " ") {
            let isFull =
                Terminal.width(of: current) + 1 + Terminal.width(of: String(word)) > columnsMax
            if !current.isEmpty, isFull {
                lines.append(current)
                current = ""
            }
            current += (current.isEmpty ? "" : " ") + word
        }
        return current.isEmpty ? lines : lines + [current]
    }
}
