import Bytes
import CommandLineKit
import Events
import Gate
import Ledger
import Views

/// The story of a subject: who posted it, when it was flagged and with which steps, what was
/// answered through which process, and what was refused and why.
struct SubjectStory {
    /// One event of it.
    struct Line {
        let position: Position
        let time: Instant
        let type: EventType
        /// What happened, in words.
        let words: String
        /// What of it programs read: names and values.
        var members: [(String, Cell)] = []
        /// Of a decision that is no grant: which rules stood against it, and why.
        var rules: [(rule: String, reason: String)] = []
    }

    private let subject: String
    private(set) var lines: [Line] = []
    private var submissions = 0
    /// The messages that posted it, and the reservations about it.
    private var messages: Set<Fingerprint> = []
    private var reservations: Set<Position> = []
    /// What messages that came in have in common with other records of them.
    private var likenesses: [Position: Fingerprint] = [:]
    /// Messages that another record counts for.
    private var repeats: Set<Position> = []

    /// Reads the log once.
    init(_ ledger: Ledger, _ subject: String) throws {
        self.subject = subject
        let wanted = Fingerprint(of: subject)
        var found: [Line] = []
        try ledger.forEachEvent { event in
            guard concerns(event, wanted), let type = event.type else { return true }
            if type == .sendReserved { reservations.insert(event.position) }
            if type == .messageReceived, event.message != .none { messages.insert(event.message) }
            if type == .messageReceived, event.likeness != .none {
                likenesses[event.position] = event.likeness
            }
            try ledger.withOpened(event) { found.append(Self.line($0, type)) }
            return true
        }
        try findRepeats(ledger)
        found.sort { ($0.time, $0.position) < ($1.time, $1.position) }
        lines = found.map { number($0) }
    }

    private mutating func findRepeats(_ ledger: Ledger) throws {
        guard !likenesses.isEmpty else { return }
        let likenesses = likenesses
        repeats = try ledger.withState { moment in
            var repeats: Set<Position> = []
            for (position, likeness) in likenesses {
                if moment.tables.counts(position, likeness) == false { repeats.insert(position) }
            }
            return repeats
        }
    }

    /// Reports name their reservation, edits and revokes their message.
    private func concerns(_ event: borrowing EventView, _ wanted: Fingerprint) -> Bool {
        if event.names(subject: wanted) { return true }
        if let reservation = event.reservation {
            return reservations.contains(reservation.position)
        }
        switch event.type {
        case .messageEdited, .messageRevoked: return messages.contains(event.message)
        default: return false
        }
    }

    /// Resubmissions are numbered in the order in which they happened.
    private mutating func number(_ line: Line) -> Line {
        guard line.type == .messageReceived else { return line }
        if repeats.contains(line.position) {
            var again = Line(
                position: line.position, time: line.time, type: line.type,
                words: "the same message \(line.words)")
            again.members = [("repeats", .flag(true))] + line.members
            return again
        }
        submissions += 1
        var numbered = Line(
            position: line.position, time: line.time, type: line.type,
            words: "\(Self.ordinal(submissions)) submission \(line.words)")
        numbered.members = [("submission", .count(submissions))] + line.members
        return numbered
    }

    private static func ordinal(_ number: Int) -> String {
        let ending =
            switch (number % 10, number % 100) {
            case (1, let rest) where rest != 11: "st"
            case (2, let rest) where rest != 12: "nd"
            case (3, let rest) where rest != 13: "rd"
            default: "th"
            }
        return "\(number)\(ending)"
    }

    // MARK: - One event

    private static let shown: [Field] = [
        .person, .name, .chat, .message, .role, .instance, .submission, .account, .code,
    ]

    private static func line(_ event: borrowing EventView, _ type: EventType) -> Line {
        var line = Line(
            position: event.position, time: event.effective, type: type,
            words: words(event, type))
        for field in shown {
            guard let value = EventLine.value(field, event) else { continue }
            line.members.append((field.name, .text(value)))
        }
        let steps = event.texts(.steps)
        if !steps.isEmpty { line.members.append(("steps", .texts(steps))) }
        if let reservation = event.reservation {
            line.members.append(("reservation", .text(reservation.description)))
        }
        if let text = event.text(.text) { line.members.append(("text", .text(text))) }
        guard type == .sendRefused, let decision = Gate.decision(recorded: event) else {
            return line
        }
        line.members.append(("verdict", .text(decision.verdict.name)))
        line.rules = decision.findings.filter { $0.verdict != .send }.map {
            ($0.rule.name, $0.reason)
        }
        return line
    }

    private static func words(_ event: borrowing EventView, _ type: EventType) -> String {
        let who = event.text(.name) ?? event.text(.person) ?? "somebody unknown"
        let place = event.text(.chat).map { " in \($0)" } ?? ""
        let process = [event.text(.role), event.text(.instance)].compactMap { $0 }
        let by = process.isEmpty ? "" : " by \(process.joined(separator: "/"))"
        let source = event.text(.source).map { process.isEmpty ? " by \($0)" : "" } ?? ""
        let text =
            event.text(.text).map { ": \u{201C}\(Terminal.fit($0, columns: 60))\u{201D}" } ?? ""
        let steps = event.texts(.steps)
        let about = steps.isEmpty ? "" : " with \(steps.joined(separator: ", "))"
        let reservation = event.reservation.map { " (\($0.description))" } ?? ""
        return switch type {
        case .messageReceived: "by \(who)\(place)\(text)"
        case .messageEdited: "its message was edited\(text)"
        case .messageRevoked: "its message was taken back"
        case .itemFlagged: "flagged\(about)\(by)"
        case .itemResolved: "resolved\(by)"
        case .sendReserved: "answer granted\(by)\(about)"
        case .sendRefused: "answer refused\(by)"
        case .sendAttempted: "answer tried\(by)\(source)\(reservation)\(text)"
        case .sendAccepted: "answered\(by)\(source)\(reservation)"
        case .sendFailed: "answer failed\(reservation)"
        case .sendCancelled: "answer given up\(reservation)"
        case .sendExpired: "nobody reported on the answer\(reservation)"
        default: type.name + reservation
        }
    }

    // MARK: - Output

    /// Prints the row and the story, or both as one JSON object.
    func show(_ row: SheetRow, _ out: Output) {
        if out.isJSON {
            out.line(json(row))
            return
        }
        out.line(Terminal.escape(subject))
        for (name, cell) in zip(SubjectsSheet.columns, row.cells).dropFirst()
        where !cell.text.isEmpty {
            out.line(Terminal.escape("  \(name): \(cell.text)"))
        }
        for line in lines {
            out.line(
                Terminal.escape("\(line.time.local)  @\(line.position)  \(line.words)"))
            for rule in line.rules {
                out.line(Terminal.escape("    \(rule.rule): \(rule.reason)"))
            }
        }
    }

    private func json(_ row: SheetRow) -> String {
        var json = JSONWriter()
        json.beginObject()
        for (column, cell) in zip(SubjectsSheet.columns, row.cells) {
            json.key(column)
            cell.write(to: &json)
        }
        json.key("story")
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.member("position", line.position)
            json.member("time", line.time)
            json.member("type", line.type.name)
            for (name, cell) in line.members {
                json.key(name)
                cell.write(to: &json)
            }
            if !line.rules.isEmpty {
                json.key("rules")
                json.beginArray()
                for rule in line.rules {
                    json.beginObject()
                    json.member("rule", rule.rule)
                    json.member("reason", rule.reason)
                    json.endObject()
                }
                json.endArray()
            }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
