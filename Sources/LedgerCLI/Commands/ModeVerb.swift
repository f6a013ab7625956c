import CommandLineKit
import Events
import Ledger
import Views

/// `mode`: whether anything is sent for real.
enum ModeVerb {
    static let mode = Operand<String>.required(
        "MODE", "dry-run (nothing goes, the answers say what would) or live")
    static let limit = Option<Int?>.integer(
        "rate-limit", "N", in: 1...1_000_000,
        "At most N messages of an account in a minute, whatever the policy allows")
    static let after = Option<Nanoseconds?>.value(
        "after", "LENGTH", expects: "a length such as 10m",
        "With live: at the end of an observation in which nothing went wrong",
        parse: { TimeWord.duration($0) })

    static let command = Command.verb(
        "mode", "Send for real, or only say what would be sent",
        details: """
            In a dry run every answer is refuse, with what the gate would have said; what would
            have gone counts in a budget of its own. 'mode live --after 10m' ends a dry run by
            itself, unless a limit or a breaker held something up or an operator stopped or paused
            in that time. A rate limit holds until the next 'mode' without one.
            """,
        operands: [mode], options: [limit, after] + Operator.options,
        examples: [
            .init("ledger mode dry-run --by ann --why \"new campaign\"", "observe"),
            .init(
                "ledger mode live --after 10m --by ann --why \"looks right\"",
                "go live once 10 minutes went well"),
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        let mode = arguments(mode)
        guard mode == "dry-run" || mode == "live" else {
            throw UsageError("the mode is dry-run or live, not \(mode)", command: "mode")
        }
        if arguments(after) != nil, mode != "live" {
            throw UsageError("--after goes with live: it ends a dry run", command: "mode")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            let time = try now ?? ledger.now()
            let isDryRun = try ledger.withState { $0.tables.isDryRun(at: time) }
            if arguments(after) != nil, !isDryRun {
                throw Failure(
                    "not_a_dry_run",
                    "the ledger is live already; --after ends a dry run: run 'ledger mode dry-run'")
            }
            var order = ModeChanged()
            order.mode = mode
            order.previous = .text(isDryRun ? "dry-run" : "live")
            order.limit = arguments(limit).map { .integer(Int64($0)) }
            order.notBefore = arguments(after).map { Timestamp(time.advanced(by: $0)) }
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("mode"))
            var sentence = "the mode is \(mode)"
            if let length = arguments(after) { sentence += " after \(length.text) without fault" }
            if let limit = arguments(limit) { sentence += ", at most \(limit) messages a minute" }
            return try await Operator.record(draft, sentence, ledger, now, out)
        }
    }
}
