import CommandLineKit
import Events
import Ledger

/// `reset`: lifts the cooldown of one subject, or of all.
enum Reset {
    static let subject = Option<String?>.text("subject", "SUBJECT", "Lift this subject's cooldown")
    static let all = Option<Bool>.flag("all-cooldowns", "Lift every subject's cooldown")

    static let command = Command.verb(
        "reset", "Lift cooldowns", options: [subject, all] + Operator.options,
        examples: [
            .init("ledger reset --subject DR1854951 --by ann --why \"sent in error\"", "one drop")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        guard (arguments(subject) != nil) != arguments(all) else {
            throw UsageError("reset needs either --subject S or --all-cooldowns", command: "reset")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            var order = CooldownReset()
            order.names.subject = arguments(subject)
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("reset"))
            let what = arguments(subject).map { "the cooldown of \($0)" } ?? "all cooldowns"
            return try await Operator.record(draft, "lifted \(what)", ledger, now, out)
        }
    }
}
