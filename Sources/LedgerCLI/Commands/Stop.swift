import CommandLineKit
import Events
import Ledger

/// `stop`: the emergency stop; only `resume` ends it.
enum Stop {
    static let command = Command.verb(
        "stop", "Stop all sending at once, until resumed",
        details: """
            It holds at once, for every process: a mark is left in the ledger's folder, which takes
            no key, no lock and no room on the disk, and each decision looks for it. The event is
            appended then, or with the next commit of anybody. An empty file STOPPED in the folder
            stops everything, too.
            """,
        options: OrderScope.options + Operator.quickOptions,
        examples: [
            .init("ledger stop", "stop everything"),
            .init("ledger stop --account +27000000001 --why \"wrong messages\"", "one account"),
        ]
    ) { arguments, out in
        let person = Operator(quick: arguments)
        let scope = try OrderScope(arguments)
        let mark = StopMark(.stop, id: Operator.id("stop"), scope, person)
        return try await Standstill(mark, "stopped \(scope.text)", scope).order(arguments, out)
    }
}
