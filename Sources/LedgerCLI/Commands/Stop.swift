import CommandLineKit
import Events
import Ledger

/// `stop`: the emergency stop; only `resume` ends it.
enum Stop {
    static let command = Command.verb(
        "stop", "Stop all sending at once, until resumed",
        options: OrderScope.options + Operator.options,
        examples: [.init("ledger stop --by ann --why \"wrong messages\"", "stop everything")]
    ) { arguments, out in
        let person = try Operator(arguments)
        let scope = try OrderScope(arguments)
        return try await Ledger.writing(arguments, out) { ledger, now in
            var order = SendingStopped()
            order.names = scope.names
            order.scope = scope.scope
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("stop"))
            return try await Operator.record(
                draft, "stopped \(scope.text)", ledger, now, out, for: scope)
        }
    }
}
