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
        details: "It holds at once, as a stop does: see 'ledger help stop'.",
        options: [hours, until] + OrderScope.options + Operator.quickOptions,
        examples: [
            .init("ledger pause --hours 2 --by ann --why \"provider is down\"", "for two hours")
        ]
    ) { arguments, out in
        let person = Operator(quick: arguments)
        let scope = try OrderScope(arguments)
        guard (arguments(hours) == nil) != (arguments(until) == nil) else {
            throw UsageError("pause needs either --hours N or --until T", command: "pause")
        }
        let begin = try begin(arguments, out)
        var end = begin.advanced(
            by: Nanoseconds(Int64((arguments(hours) ?? 0) * 3_600) * 1_000_000_000))
        if let word = arguments(until) {
            guard case .at(let instant) = word, instant > begin else {
                throw UsageError("--until takes a time that is still to come", command: "pause")
            }
            end = instant
        }
        var mark = StopMark(.pause, id: Operator.id("pause"), scope, person)
        mark.until = end
        let sentence = "paused until \(end.local) \(scope.text)"
        return try await Standstill(mark, sentence, scope).order(arguments, out)
    }

    /// The ledger's time, or the one that its clock is about to be moved to.
    private static func begin(_ arguments: Arguments, _ out: Output) throws -> Instant {
        let now = try TimeWord.now(arguments)
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        return try max(ledger.now(), now ?? .epoch)
    }
}
