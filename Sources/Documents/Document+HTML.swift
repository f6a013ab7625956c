extension Document {
    /// The blocks as HTML; text from events is escaped.
    public var html: String {
        var text = ""
        for block in blocks {
            switch block {
            case .title(let title): text += "<h1>\(Escape.html(title))</h1>\n"
            case .heading(let heading): text += "<h2>\(Escape.html(heading))</h2>\n"
            case .paragraph(let sentences): text += "<p>\(Escape.html(sentences))</p>\n"
            case .grid(let grid): text += grid.html
            case .drawing(let lines):
                text += "<pre>\(lines.map(Escape.html).joined(separator: "\n"))</pre>\n"
            }
        }
        return text
    }
}

extension Grid {
    fileprivate var html: String {
        var text = "<div class=\"wide\"><table>\n<thead><tr>"
        for column in columns {
            text += "<th\(column.isNumber ? " class=\"n\"" : "")>\(Escape.html(column.title))</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for row in rows {
            text += "<tr>"
            for (cell, column) in zip(row, columns) {
                let style = column.isNumber ? "n" : Self.verdicts.contains(cell) ? cell : ""
                let mark = style.isEmpty ? "" : " class=\"\(style)\""
                text += "<td\(mark)>\(Escape.html(cell))</td>"
            }
            text += "</tr>\n"
        }
        return text + "</tbody>\n</table></div>\n"
    }

    /// Cells that are shown in the colour of their verdict.
    private static let verdicts: Set<String> = ["send", "wait", "refuse"]
}
