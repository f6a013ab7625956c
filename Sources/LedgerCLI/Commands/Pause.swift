import CommandLineKit
import Events
import Ledger

/// `pause`: nothing is sent for a while.
enum Pause {
    static let hours = Option<Double?>.value(
        "hours", "N", expects: "a number of hours such as 2 or 0.5", "Pause for so many hours",
        parse: { text in
            guard let hours = Double(text), hours > 0, hours <= 87_600 else { return nil }
            return hours
        })
    static let until = TimeWord.option("until", "Pause until then")

    static let command = Command.verb(
        "pause", "Send nothing for a while",
        options: [hours, until] + OrderScope.options + Operator.options,
        examples: [
            .init("ledger pause --hours 2 --by ann --why \"provider is down\"", "for two hours")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        let scope = try OrderScope(arguments)
        guard (arguments(hours) == nil) != (arguments(until) == nil) else {
            throw UsageError("pause needs either --hours N or --until T", command: "pause")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            let begin = try max(ledger.now(), now ?? .epoch)
            var end = begin.advanced(
                by: Nanoseconds(Int64((arguments(hours) ?? 0) * 3_600) * 1_000_000_000))
            if let word = arguments(until) {
                guard case .at(let instant) = word, instant > begin else {
                    throw UsageError("--until takes a time that is still to come", command: "pause")
                }
                end = instant
            }
            var order = SendingPaused()
            order.names = scope.names
            order.scope = scope.scope
            order.until = Timestamp(end)
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("pause"))
            return try await Operator.record(
                draft, "paused until \(end.local) \(scope.text)", ledger, now, out,
                for: scope)
        }
    }
}
