import Documents
import Events

/// A person as a readable page: what is known, what was not sent, and the conversation.
///
/// Rows are written 512 at a time, so that a long conversation takes no memory.
struct PersonPage: PersonWriter {
    /// What the page is written in.
    enum Medium { case html, markdown }

    private static let rowsMax = 512

    private let medium: Medium
    private var text = ""
    private var refused = RefusalGrid()
    private var hasRefusals = false
    private var rows = Self.conversation()
    private var day = ""

    init(_ medium: Medium) { self.medium = medium }

    mutating func begin(_ record: PersonRecord) {
        var document = record.document(isShort: false)
        if medium == .html {
            var title = ""
            if case .title(let text)? = document.blocks.first { title = text }
            text += PageFrame.fill(
                Self.head, ["TITLE": Escape.html(title), "STYLE": PageFrame.style])
        }
        document.heading("Messages that were not sent, and why")
        add(document)
    }

    mutating func add(decision event: borrowing EventView) {
        hasRefusals = true
        refused.add(PersonRecord.Refusal(event))
        if refused.grid.rows.count == Self.rowsMax { flushRefusals() }
    }

    mutating func beginEvents() {
        flushRefusals()
        var document = Document()
        if !hasRefusals { document.paragraph("None.") }
        document.heading("The conversation")
        document.paragraph("All that is recorded about them, in the order in which it was.")
        add(document)
    }

    mutating func add(_ event: borrowing EventView) {
        let time = Review.text(event.effective)
        let today = String(time.prefix(10))
        if today != day {
            flushRows()
            day = today
            add(Document([.heading(today)]))
        }
        rows.rows.append([
            String(time.dropFirst(11)), "\(event.position)", Self.deed(event), Self.words(event),
        ])
        if rows.rows.count == Self.rowsMax { flushRows() }
    }

    mutating func end(mentions: UInt64) {
        flushRows()
        var document = Document([.heading("What others wrote")])
        document.paragraph(
            mentions == 0
                ? "Nobody else wrote about them, as far as names and aliases tell."
                : "In \(mentions) events others wrote about them; that is theirs, and not told here."
        )
        add(document)
        if medium == .html { text += "</body>\n</html>\n" }
    }

    mutating func take() -> [UInt8] {
        defer { text = "" }
        return Array(text.utf8)
    }

    private mutating func add(_ document: Document) {
        text += medium == .html ? document.html : document.markdown
    }

    private mutating func flushRefusals() {
        if let grid = refused.take() { add(Document([.grid(grid)])) }
    }

    private mutating func flushRows() {
        guard !rows.rows.isEmpty else { return }
        add(Document([.grid(rows)]))
        rows = Self.conversation()
    }

    private static func conversation() -> Grid {
        Grid([.text("time"), .number("position"), .text("what"), .text("words")])
    }

    private static let head = PageFrame.opening(
        hasScript: false,
        style: "td:last-child { white-space: normal; overflow-wrap: anywhere; min-width: 16rem; }\n"
    )
}
