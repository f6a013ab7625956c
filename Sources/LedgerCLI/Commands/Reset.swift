import Bytes
import CommandLineKit
import Events
import Ledger
import Views

/// `reset`: lifts the cooldown of one subject, or of all; or releases one from the backlog.
enum Reset {
    static let subject = Option<String?>.text("subject", "SUBJECT", "Lift this subject's cooldown")
    static let backlog = Option<String?>.text(
        "backlog", "SUBJECT", "Release this subject's open item from the backlog")
    static let all = Option<Bool>.flag("all-cooldowns", "Lift every subject's cooldown")

    static let command = Command.verb(
        "reset", "Lift cooldowns, or release an item from the backlog",
        options: [subject, all, backlog] + Operator.options,
        examples: [
            .init("ledger reset --subject DR1854951 --by ann --why \"sent in error\"", "one drop"),
            .init("ledger reset --backlog DR1854951 --by ann --why \"still open\"", "an old item"),
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        let asked = [arguments(subject) != nil, arguments(all), arguments(backlog) != nil]
        guard asked.count(where: { $0 }) == 1 else {
            throw UsageError(
                "reset needs one of --subject S, --all-cooldowns and --backlog S", command: "reset")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            var order = CooldownReset()
            order.names.subject = arguments(subject) ?? arguments(backlog)
            if let name = arguments(backlog) {
                order.scope = "backlog"
                try requireOpenItem(name, ledger)
            }
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("reset"))
            return try await Operator.record(draft, sentence(arguments), ledger, now, out)
        }
    }

    private static func sentence(_ arguments: Arguments) -> String {
        if let name = arguments(backlog) { return "released \(name) from the backlog" }
        return "lifted " + (arguments(subject).map { "the cooldown of \($0)" } ?? "all cooldowns")
    }

    /// An order that could have no effect is refused.
    private static func requireOpenItem(_ subject: String, _ ledger: Ledger) throws {
        let isOpen = try ledger.withState { moment in
            moment.tables.items.find(Fingerprint(of: subject))
                .map { moment.tables.items[$0].isOpen } ?? false
        }
        guard !isOpen else { return }
        throw Failure("not_found", "no open item \(subject) is known, so nothing is to be released")
    }
}
