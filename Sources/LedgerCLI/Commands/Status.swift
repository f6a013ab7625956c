import CommandLineKit
import Events
import Evidence
import Gate
import Ledger
import Views

/// `status`: what the ledger is, how much it holds, and what holds it up.
enum Status {
    static let command = Command.verb("status", "Print what the ledger is and how it does") {
        arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let status = try Reading(ledger, foundBy: LedgerInUse.find(arguments).by)
            if out.isJSON { out.line(status.json) } else { status.tell(out) }
            return ExitCode.done
        }
    }

    /// Everything that is shown, read at one moment.
    struct Reading {
        let ledger: Ledger
        /// What named the ledger.
        let foundBy: String
        let views: Ledger.ViewsStatus
        let now: Instant
        var lastRecorded: Instant?
        var policy: (position: Position, text: PolicyText)?
        var openReservations = 0
        var orders: [HeldUp.Order] = []
        var marks: [(mark: StopMark, position: Position?)] = []
        let gate: GateStatus
        let clock: ClockNote
        let key: VerifierKey?
        let signed: Checkpoint?
        /// Why nothing may be written, or nil.
        let refusal: LedgerError?

        init(_ ledger: Ledger, foundBy: String) throws {
            self.ledger = ledger
            self.foundBy = foundBy
            views = try ledger.viewsStatus()
            now = try ledger.now()
            // 'verify' tells what is wrong with them; the rest of the status is still worth having.
            key = try? ledger.verifierKey()
            signed = try? ledger.lastCheckpoint()?.checkpoint
            refusal = ledger.standing()
            clock = try ClockNote(ledger)
            if views.count > 0 {
                lastRecorded = try ledger.withEvent(at: views.count - 1) { $0.recorded }
            }
            if let (position, text) = try ledger.policyInForce() {
                policy = (position, try PolicyText(text))
            }
            gate = try GateStatus(ledger, policy?.text.policy)
            let names = NameFinder(ledger)
            (openReservations, orders) = try ledger.withState { moment in
                let orders = try HeldUp.orders(&moment, names)
                return (moment.tables.openReservations(.ledger, at: moment.now).count, orders)
            }
            marks = try ledger.marks().map { ($0, try ledger.position(of: $0)) }
        }
    }
}

extension Status.Reading {
    /// One object.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("ledger", ledger.folder)
        json.member("found_by", foundBy)
        json.member("origin", ledger.identity.origin)
        json.member("format", ledger.identity.format)
        json.member("development", ledger.identity.isDevelopment)
        json.member("count", views.count)
        json.member("now", now)
        json.key("last_recorded")
        if let lastRecorded { json.value(lastRecorded) } else { json.null() }
        json.key("views")
        json.beginObject()
        json.member("checkpoint", views.checkpoint)
        json.member("behind_events", views.count - views.checkpoint)
        json.member("behind_seconds", views.behind.seconds)
        json.member("generation", views.generation)
        json.member("runs", views.runs)
        json.member(orNull: "fault", views.fault?.message)
        json.endObject()
        json.member(orNull: "vkey", key?.text)
        json.key("signed")
        if let signed { json.value(signed.size) } else { json.null() }
        json.member(orNull: "read_only", refusal?.message)
        json.key("policy")
        if let policy {
            json.beginObject()
            json.member("position", policy.position)
            json.member("hash", policy.text.hash)
            json.member(orNull: "name", policy.text.policy.name)
            json.endObject()
        } else {
            json.null()
        }
        json.member("open_reservations", openReservations)
        json.key("orders")
        json.beginArray()
        for order in orders {
            json.beginObject()
            json.member("kind", order.kind)
            json.member("scope", order.scope)
            json.member(orNull: "name", order.name)
            json.key("until")
            if let until = order.until { json.value(until) } else { json.null() }
            json.member("position", order.position)
            json.endObject()
        }
        json.endArray()
        HeldUp.write(marks, to: &json)
        gate.write(to: &json)
        json.key("clock_synchronised")
        if let isSynchronised = clock.isSynchronised {
            json.value(isSynchronised)
        } else {
            json.null()
        }
        json.member(orNull: "clock_note", clock.sentence)
        json.member(orNull: "clock_fault", clock.isFault ? clock.sentence : nil)
        json.endObject()
        return json.text
    }

    /// A word in the width of the first column.
    private static func padded(_ word: String) -> String {
        word + String(repeating: " ", count: max(1, 14 - word.count))
    }

    /// A few lines.
    func tell(_ out: Output) {
        let kind = ledger.identity.isDevelopment ? ", development" : ""
        out.line(
            Terminal.escape(
                "ledger        \(ledger.identity.origin) (format \(ledger.identity.format)\(kind)) in "
                    + ledger.folder))
        if foundBy != ledger.folder, foundBy != "--ledger" {
            out.line(Terminal.escape("found by      \(foundBy)"))
        }
        let last = lastRecorded.map { ", the last recorded \($0.local)" } ?? ""
        out.line("events        \(views.count)\(last)")
        let behind = views.count - views.checkpoint
        out.line(
            "views         checkpoint at \(views.checkpoint), \(behind) events and "
                + "\(views.behind.text) behind; generation \(views.generation), \(views.runs) runs")
        if let fault = views.fault {
            out.line(
                "              not written at \(fault.time.local): \(Terminal.escape(fault.message))"
            )
        }
        let newest = signed.map { "the last signed one holds \($0.size) events" }
        out.line("checkpoint    \(newest ?? "none yet: 'ledger checkpoint' signs one")")
        if let key { out.line("key           \(key.text)") }
        if let refusal {
            out.line(
                out.styled(
                    Terminal.escape("read-only     \(refusal.message)"), .red, on: out.results))
        }
        if let policy {
            let name = policy.text.policy.name.map { " \u{201C}\($0)\u{201D}" } ?? ""
            out.line(
                Terminal.escape(
                    "policy       \(name) \(policy.text.hash.prefix(16)) (position "
                        + "\(policy.position))"))
        } else {
            out.line("policy        none: nothing may be sent until 'ledger policy apply FILE'")
        }
        out.line("reservations  \(openReservations) open")
        for order in orders {
            let scope = order.name.map { "\(order.scope) \($0)" } ?? "the whole ledger"
            let until = order.until.map { $0 == .latest ? "" : " until \($0.local)" } ?? ""
            out.line(
                out.styled(
                    Terminal.escape(
                        "\(Self.padded(order.kind))\(scope)\(until) (position \(order.position))"),
                    .red, on: out.results))
        }
        for (mark, position) in marks {
            let told = position == nil ? "; its event is not in the log yet" : ""
            out.line(
                out.styled(
                    Terminal.escape("STOPPED       \(mark.text)\(told)"), .red, on: out.results))
        }
        gate.tell(out)
        out.line("clock         \(now.local)\(clock.sentence.map { ": \($0)" } ?? "")")
    }
}
