extension Document {
    /// The document as Markdown (CommonMark with tables); text from events is escaped.
    public var markdown: String {
        var text = ""
        for block in blocks {
            switch block {
            case .title(let title): text += "# \(Escape.markdown(title))\n\n"
            case .heading(let heading): text += "## \(Escape.markdown(heading))\n\n"
            case .paragraph(let sentences): text += "\(Escape.markdown(sentences))\n\n"
            case .grid(let grid): text += "\(grid.markdown)\n"
            case .drawing(let lines):
                text += lines.map { "    \(Self.plain($0))\n" }.joined() + "\n"
            }
        }
        return text
    }

    /// A line of an indented block, where nothing has a meaning but the end of the line.
    private static func plain(_ line: String) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 }))
    }
}

extension Grid {
    fileprivate var markdown: String {
        let titles = columns.map { Escape.markdown($0.title) }
        var text = "| \(titles.joined(separator: " | ")) |\n"
        text += "|\(columns.map { $0.isNumber ? "--:|" : "---|" }.joined())\n"
        for row in rows {
            text += "| \(row.map(Escape.markdown).joined(separator: " | ")) |\n"
        }
        return text
    }
}
