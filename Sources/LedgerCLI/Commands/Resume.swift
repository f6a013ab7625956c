import CommandLineKit
import Events
import Ledger

/// `resume`: ends a pause or a stop.
enum Resume {
    static let command = Command.verb(
        "resume", "End a pause or a stop", options: OrderScope.options + Operator.options,
        examples: [.init("ledger resume --by ann --why \"provider is back\"", "send again")]
    ) { arguments, out in
        let person = try Operator(arguments)
        let scope = try OrderScope(arguments)
        return try await Ledger.writing(arguments, out) { ledger, now in
            var order = SendingResumed()
            order.names = scope.names
            order.scope = scope.scope
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("resume"))
            return try await Operator.record(
                draft, "resumed \(scope.text)", ledger, now, out, for: scope)
        }
    }
}
