import CommandLineKit
import Events
import Gate
import Ledger
import Views

/// What the gate is up to: its mode, shadow policies, and which limits will be reached.
struct GateStatus {
    /// The row of the orders for the whole ledger.
    private let orders: ControlRow
    private let now: Instant
    private let forecasts: [Forecast]
    private let shadows: [(name: String, row: ShadowRow)]

    /// How many of the newest events are looked at for accounts that send.
    private static let eventsMax: Position = 4_096

    init(_ ledger: Ledger, _ policy: Policy?) throws {
        let names = NameFinder(ledger)
        (orders, shadows, now) = try ledger.withState { moment in
            let row = moment.tables.control.find(RateScope.ledger.key())
            var shadows: [(name: String, row: ShadowRow)] = []
            try moment.forEachRow(of: \.shadows) { _, row, _ in
                guard row.policy > 0, let name = names.text(.kind, at: row.named - 1) else {
                    return
                }
                shadows.append((name, row))
            }
            let orders = row.map { moment.tables.control[$0] } ?? ControlRow()
            return (orders, shadows.sorted { $0.name < $1.name }, moment.now)
        }
        guard let policy else {
            forecasts = []
            return
        }
        let count = try ledger.count()
        var accounts: Set<String?> = []
        let start = count > Self.eventsMax ? count - Self.eventsMax : 0
        try ledger.forEachEvent(from: start, to: count) { event in
            let isAttempt = event.type == .sendAttempted && event.reservation == nil
            if event.type == .sendReserved || isAttempt {
                accounts.insert(event.text(.account))
            }
            return true
        }
        let sorted = accounts.sorted { ($0 ?? "") < ($1 ?? "") }
        forecasts = try ledger.forecasts(under: policy, accounts: sorted)
    }

    private var mode: String { orders.isDryRun(at: now) ? "dry-run" : "live" }

    /// The members `mode`, `shadows` and `forecasts`.
    func write(to json: inout JSONWriter) {
        json.key("mode")
        json.beginObject()
        json.member("name", mode)
        json.key("rate_limit")
        if orders.modeLimit > 0 { json.value(orders.modeLimit) } else { json.null() }
        json.key("goes_live")
        if orders.isGoingLive(at: now) { json.value(orders.goesLive) } else { json.null() }
        json.key("held_by")
        if orders.spoiled > 0 { json.value(orders.spoiled - 1) } else { json.null() }
        json.member("overrides", Int64(orders.overrides))
        json.endObject()
        json.key("shadows")
        json.beginArray()
        for (name, row) in shadows {
            let count = row.comparison
            json.beginObject()
            json.member("name", name)
            json.member("policy", row.policy - 1)
            json.member("judged", count.judged)
            json.member("agreed", count.agreed)
            json.member("stricter", count.stricter)
            json.member("looser", count.looser)
            json.endObject()
        }
        json.endArray()
        json.key("forecasts")
        json.beginArray()
        for forecast in forecasts {
            json.beginObject()
            json.member("rule", forecast.rule.name)
            json.member(orNull: "account", forecast.account)
            json.member("count", Int64(forecast.count))
            json.member("limit", Int64(forecast.limit))
            json.key("reached_at")
            if let time = forecast.reachedAt { json.value(time) } else { json.null() }
            json.endObject()
        }
        json.endArray()
    }

    /// A line for each thing that is not as usual.
    func tell(_ out: Output) {
        func line(_ title: String, _ text: String, _ style: Output.Style? = nil) {
            let padded = title.widened(to: 14)
            let text = Terminal.escape(padded + text)
            out.line(style.map { out.styled(text, $0, on: out.results) } ?? text)
        }
        if orders.isDryRun(at: now) {
            var text = "dry run since position \(orders.observation - 1): nothing is sent for real"
            if orders.isGoingLive(at: now) {
                text += "; live at \(orders.goesLive.local) if nothing goes wrong"
            } else if orders.spoiled > 0 {
                text += "; it does not end by itself because of position \(orders.spoiled - 1)"
            }
            line("mode", text, .yellow)
        }
        if orders.modeLimit > 0 {
            line("rate limit", "at most \(orders.modeLimit) messages a minute, by 'mode'", .yellow)
        }
        if orders.overrides > 0 {
            line(
                "override",
                "\(orders.overrides) sends went without throttling, the last at position "
                    + "\(orders.overridden - 1)", .red)
        }
        for (name, row) in shadows {
            let count = row.comparison
            line(
                "shadow",
                "\(name): \(count.judged) judged, \(count.stricter) stricter, "
                    + "\(count.looser) looser")
        }
        for forecast in forecasts {
            guard let time = forecast.reachedAt else { continue }
            let who = forecast.account.map { " of \($0)" } ?? ""
            let limit = "\(forecast.rule.name)\(who)"
            if time <= now {
                line("forecast", "\(limit) is reached: \(forecast.count) of \(forecast.limit)")
            } else {
                line(
                    "forecast",
                    "\(limit): \(forecast.count) of \(forecast.limit); at this rate it is reached "
                        + "at \(time.local)")
            }
        }
    }
}

extension String {
    /// The text with spaces after it, up to a width.
    fileprivate func widened(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
