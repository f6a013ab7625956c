import Crypto
import Documents
import Events
import Evidence

extension Review {
    /// The report for a person: who exported what, what happened, and how to verify it.
    func document(_ manifest: Manifest, _ checkpoint: Checkpoint) -> Document {
        var document = Document([.title("Audit of \(checkpoint.origin)")])
        document.paragraph(Self.whole(manifest, checkpoint))
        document.paragraph(
            "Exported by \(manifest.by) (\(manifest.user)) on \(Self.text(manifest.made))"
                + (manifest.why.map { ", because: \($0)" } ?? "") + ". Times are UTC.")
        document.heading("Messages per day")
        document.grid(volumes)
        if daysBeyond > 0 { document.paragraph("… and \(daysBeyond) events of other days.") }
        document.heading("Sends by the clock of the reader")
        document.paragraph(hoursSentence)
        document.grid(sendHours)
        document.heading("Consent")
        document.grid(consentGrid)
        document.heading("Refusals by rule")
        document.grid(ruleGrid)
        document.heading("Incidents: ten messages or more to one reader in a minute")
        tellBursts(in: &document)
        document.heading("Erasures")
        tell(erasures, beyond: erasuresBeyond, in: &document)
        document.heading("Policies, orders and exports")
        tell(orders, beyond: ordersBeyond, in: &document)
        tellProof(checkpoint, in: &document)
        return document
    }

    private static func whole(_ manifest: Manifest, _ checkpoint: Checkpoint) -> String {
        let contents = manifest.contents
        guard let first = contents.firstPosition, let last = contents.lastPosition,
            let earliest = contents.earliest, let latest = contents.latest
        else { return "No event of the range: the log holds \(checkpoint.size) records." }
        return "\(contents.events) events, the first at position \(first), the last at "
            + "\(last), of \(checkpoint.size) records; they happened between \(text(earliest)) "
            + "and \(text(latest))."
    }

    private var volumes: Grid {
        var grid = Grid([
            .text("day"), .number("received"), .number("sent"), .number("failed"),
            .number("had to wait"), .number("refused"),
        ])
        for (number, day) in days.sorted(by: { $0.key < $1.key }) {
            grid.rows.append([
                Self.day(number), "\(day.received)", "\(day.sent)", "\(day.failed)",
                "\(day.waited)", "\(day.refused)",
            ])
        }
        return grid
    }

    private var hoursSentence: String {
        let inside = sends.hours.reduce(0) { $0 + $1.inside }
        let outside = sends.hours.reduce(0) { $0 + $1.outside }
        return "\(inside) inside the hours in which a message may reach a person (Monday to Friday "
            + "08:00 to 20:00, Saturday 09:00 to 13:00), \(outside) outside of them, "
            + "\(sends.withoutZone) to a reader whose time zone is not known."
    }

    private var sendHours: Grid {
        var grid = Grid([.text("hour"), .number("inside"), .number("outside")])
        for (hour, sent) in sends.hours.enumerated() where sent.inside + sent.outside > 0 {
            let name = "\(hour < 10 ? "0" : "")\(hour):00"
            grid.rows.append([name, "\(sent.inside)", "\(sent.outside)"])
        }
        return grid
    }

    private var consentGrid: Grid {
        var grid = Grid([
            .text("category"), .number("asked"), .number("granted"), .number("declined"),
            .number("withdrawn"),
        ])
        for (name, consent) in consents.sorted(by: { $0.key < $1.key }) {
            grid.rows.append([
                name, "\(consent.requested)", "\(consent.granted)", "\(consent.declined)",
                "\(consent.withdrawn)",
            ])
        }
        return grid
    }

    private var ruleGrid: Grid {
        var grid = Grid([.text("rule"), .number("had to wait"), .number("refused")])
        for (rule, count) in rules.sorted(by: { $0.key.name < $1.key.name }) {
            grid.rows.append([rule.name, "\(count.wait)", "\(count.refuse)"])
        }
        return grid
    }

    private func tellBursts(in document: inout Document) {
        let bursts = sends.bursts
        guard !bursts.found.isEmpty else { return document.paragraph("None.") }
        var grid = Grid([
            .text("minute"), .text("to"), .number("messages"), .number("processes"),
        ])
        for minute in bursts.found {
            grid.rows.append([
                Self.minute(minute.number), minute.place, "\(minute.count)",
                "\(minute.seconds.count)",
            ])
        }
        document.grid(grid)
        if bursts.beyond > 0 { document.paragraph("… and \(bursts.beyond) more.") }
        let busiest = bursts.found.sorted { ($0.count, $1.number) > ($1.count, $0.number) }
        let drawn = busiest.prefix(Strip.minutesMax).sorted { $0.number < $1.number }
        let minutes = drawn.map { minute in
            Strip.Minute(
                String(Self.minute(minute.number).suffix(5)),
                minute.seconds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
        document.blocks.append(.drawing(Strip.lines(minutes)))
    }

    private func tell(_ notices: [Notice], beyond: Int, in document: inout Document) {
        guard !notices.isEmpty else { return document.paragraph("None.") }
        var grid = Grid([
            .number("position"), .text("time"), .text("what"), .text("of"), .text("by"),
            .text("why"),
        ])
        for notice in notices {
            grid.rows.append([
                "\(notice.position)", Self.text(notice.time), notice.what, notice.scope,
                notice.by, notice.why,
            ])
        }
        document.grid(grid)
        if beyond > 0 { document.paragraph("… and \(beyond) more in events.ndjson.") }
    }

    private func tellProof(_ checkpoint: Checkpoint, in document: inout Document) {
        document.heading("How to verify")
        document.paragraph(
            "This report says what events.ndjson says; 'ledger verify DIR --vkey KEY' checks every "
                + "event against its record, every record against the signed root, and this "
                + "report against the events. KEY must come another way than with this folder.")
        document.paragraph(
            "The root of the \(checkpoint.size) records is \(checkpoint.root.base64). "
                + "'sha256sum -c SHA256SUMS' checks the files; OpenSSL or any C2SP tool checks "
                + "the signature of the file checkpoint.")
    }

    static func text(_ instant: Instant) -> String {
        var text = Timestamp.text(instant, digits: 0)
        if let letter = text.firstIndex(of: "T") {
            text.replaceSubrange(letter...letter, with: " ")
        }
        return String(text.dropLast())
    }

    static func day(_ number: Int64) -> String {
        String(text(Instant(nanoseconds: number * 86_400_000_000_000)).prefix(10))
    }

    private static func minute(_ number: Int64) -> String {
        String(text(Instant(nanoseconds: number * 60_000_000_000)).prefix(16))
    }
}
