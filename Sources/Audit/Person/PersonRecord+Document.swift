public import Documents
import Events
import Ledger

extension PersonRecord {
    /// What is held but for the conversation, for people.
    ///
    /// - Parameter isShort: For a terminal: sentences in place of wide tables, and the latest
    ///   refusals.
    public func document(isShort: Bool) -> Document {
        var document = Document([.title("What is held of \(aliases.first ?? alias)")])
        document.paragraph(
            "From the ledger \(ledger), its first \(end) events, at \(Review.text(made)). Times "
                + "are UTC.")
        document.heading("Known as")
        document.paragraph("Aliases: \(Self.list(aliases)).")
        document.paragraph("Names: \(Self.list(names)).")
        tellLinks(in: &document)
        document.heading("Consent")
        tellConsent(isShort, in: &document)
        if isShort { tellHistory(in: &document) }
        document.heading("Messages")
        document.paragraph(
            "They wrote \(Self.messages(inbound, lastInbound)). The provider accepted "
                + "\(Self.messages(outbound, lastOutbound)) to them.")
        var grid = Grid([.text("events"), .number("count")])
        for (number, count) in types.sorted(by: { $0.key < $1.key }) {
            grid.rows.append([Self.typeName(number), "\(count)"])
        }
        if !grid.rows.isEmpty { document.grid(grid) }
        tellPosted(isShort, in: &document)
        guard isShort else { return document }
        document.heading("Not sent")
        guard !refusals.isEmpty else {
            document.paragraph("None.")
            return document
        }
        let all = types[EventType.sendRefused.rawValue] ?? 0
        document.paragraph("The latest of \(all):")
        for refusal in refusals.reversed() {
            document.paragraph(
                "\(Review.text(refusal.time)) (position \(refusal.position)) \(refusal.verdict): "
                    + refusal.reasons.joined(separator: " "))
        }
        return document
    }

    private func tellLinks(in document: inout Document) {
        guard !linked.isEmpty else { return }
        document.heading("Linked with")
        for person in linked {
            let name = person.alias?.onOneLine ?? "somebody who was erased"
            let whence = [person.evidence, person.by.map { "by \($0)" }].compactMap(\.self)
            document.paragraph(
                "\(name), since \(Review.text(person.recorded)) (position \(person.position))"
                    + (whence.isEmpty ? "" : ": " + whence.joined(separator: ", ").onOneLine) + ".")
        }
        let states = together.map { "\($0.category): \($0.state)" }
        document.paragraph(
            "Decisions look at them as one. Consent of all, the strictest: "
                + (states.isEmpty ? "nothing is known" : states.joined(separator: ", ")) + ".")
    }

    private func tellHistory(in document: inout Document) {
        guard history.count > consents.count else { return }
        let more = history.count == Self.historyMax ? ", the latest \(history.count)" : ""
        document.paragraph("All that was said of it\(more):")
        for basis in history { document.paragraph(basis.sentence) }
    }

    private func tellPosted(_ isShort: Bool, in document: inout Document) {
        guard !posted.isEmpty else { return }
        document.heading("Subjects that they posted")
        let shown = posted.suffix(isShort ? 20 : posted.count)
        if shown.count < posted.count {
            document.paragraph("The latest \(shown.count) of \(posted.count):")
        }
        for posting in shown.reversed() {
            let often = posting.count == 1 ? "" : ", \(posting.count) times"
            document.paragraph(
                "\(posting.subject.onOneLine) at \(Review.text(posting.time)) (position "
                    + "\(posting.position))\(often)")
        }
    }

    private func tellConsent(_ isShort: Bool, in document: inout Document) {
        guard !consents.isEmpty else {
            document.paragraph("Nothing is known: they were not asked, and said nothing.")
            return
        }
        guard !isShort else {
            for basis in consents { document.paragraph(basis.sentence) }
            return
        }
        var grid = Grid([
            .text("category"), .text("state"), .text("since"), .number("position"),
            .text("evidence"), .text("wording"),
        ])
        for basis in consents {
            grid.rows.append([
                basis.category, basis.state, Review.text(basis.time), "\(basis.position)",
                basis.evidence?.onOneLine ?? "", basis.wording?.onOneLine ?? "",
            ])
        }
        document.grid(grid)
    }

    private static func list(_ texts: [String]) -> String {
        guard !texts.isEmpty else { return "none" }
        let more = texts.count == textsMax ? ", and perhaps more in the events" : ""
        return texts.map(\.onOneLine).joined(separator: ", ") + more
    }

    private static func messages(_ count: UInt32, _ last: Instant?) -> String {
        (count == 1 ? "1 message" : "\(count) messages")
            + (last.map { " (the last at \(Review.text($0)))" } ?? "")
    }
}

extension PersonRecord.Basis {
    /// For a terminal, where long cells are cut.
    fileprivate var sentence: String {
        "\(category): \(state) since \(Review.text(time)) (position \(position))"
            + (evidence.map { ", evidence: \($0.onOneLine)" } ?? "")
            + (wording.map { ", wording: \u{201C}\($0.onOneLine)\u{201D}" } ?? "")
    }
}

/// Messages that were not sent, as rows.
struct RefusalGrid {
    private(set) var grid = Grid([
        .text("time"), .number("position"), .text("verdict"), .text("why"),
    ])

    mutating func add(_ refusal: PersonRecord.Refusal) {
        grid.rows.append([
            Review.text(refusal.time), "\(refusal.position)", refusal.verdict,
            refusal.reasons.joined(separator: " "),
        ])
    }

    /// Takes the rows out, where there are any.
    mutating func take() -> Grid? {
        guard !grid.rows.isEmpty else { return nil }
        defer { grid.rows = [] }
        return grid
    }
}

extension String {
    /// The text with a mark where lines end, which pages would show as escapes.
    var onOneLine: String {
        replacing("\r\n", with: " \u{23CE} ").replacing("\n", with: " \u{23CE} ")
    }
}
