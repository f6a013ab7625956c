import CommandLineKit
import Events
import Ledger

/// `retain`: forgets persons about whom nothing is new.
enum Retain {
    static let months = Option<Int?>.integer(
        "months", "N", in: 1...1_200, "Forget persons of whom nothing is newer than N months")
    static let dryRun = Option<Bool>.flag("dry-run", "Only tell whom it would forget")

    static let command = Command.verb(
        "retain", "Forget persons about whom nothing is new",
        details:
            "A person is forgotten as 'erase' does it. Counters, proofs and opt-outs stay. Cut "
            + "short and run again, it goes on with those who are left.",
        options: [months, dryRun] + Operator.options,
        examples: [
            .init("ledger retain --months 12 --dry-run", "whom it would forget"),
            .init(
                "ledger retain --months 12 --by ann --why \"retention of 12 months\"",
                "it cannot be undone"),
        ]
    ) { arguments, out in
        guard let months = arguments(months) else {
            throw UsageError("retain needs --months N", command: "retain")
        }
        let authority = arguments(dryRun) ? nil : try Operator(arguments).authority
        return try await Ledger.writing(arguments, out) { ledger, _ in
            let before = try ledger.now().earlier(byMonths: months)
            let total = try ledger.count()
            let search = Progress("search", unit: "events", total: Int(total), out: out)
            let retention = try ledger.retention(before: before) { search.advance(to: Int($0)) }
            search.finish()
            var position: Position?
            if let authority {
                let bar = Progress("erase", unit: "persons", total: retention.persons, out: out)
                position = try await ledger.apply(retention, by: authority) { bar.advance(to: $0) }
                bar.finish()
            }
            report(retention, position, out)
            return ExitCode.done
        }
    }

    private static func report(_ retention: Retention, _ position: Position?, _ out: Output) {
        if out.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("before", retention.before)
            json.member("persons", retention.persons)
            json.member("events", retention.events)
            json.member("kept", retention.kept)
            if let position { json.member("position", position) }
            json.endObject()
            return out.line(json.text)
        }
        let verb = position == nil ? "would forget" : "forgot"
        out.line(
            "\(verb) \(retention.persons) persons with \(retention.events) events, of whom nothing "
                + "is newer than \(retention.before.local)")
        out.line("\(retention.kept) persons stay: something about them is newer")
    }
}

extension Instant {
    /// The same time of day so many calendar months earlier, or the last day of that month.
    func earlier(byMonths months: Int) -> Instant {
        let text = Timestamp.text(self)
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return self }
        let month = parts[0] * 12 + parts[1] - 1 - months
        let (year, number) = (month / 12, month % 12 + 1)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let date = [
            "\(year)".padded(4), "\(number)".padded(2),
            "\(min(parts[2], days[number - 1]))".padded(2),
        ].joined(separator: "-")
        return (try? Timestamp.parse((date + text.dropFirst(10)).utf8Span.span))?.instant ?? self
    }
}

extension String {
    fileprivate func padded(_ count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }

    /// With spaces at its end, at least so many characters.
    func padding(to count: Int) -> String {
        self + String(repeating: " ", count: max(0, count - self.count))
    }
}
