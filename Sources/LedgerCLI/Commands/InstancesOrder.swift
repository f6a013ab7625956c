import CommandLineKit
import Events
import Ledger

/// `instances stop` and `instances restart`: end what runs in a role, from any shell.
enum InstancesOrder {
    static let role = Operand<String>.required("ROLE", "The role")

    static let stop = Command.verb(
        "instances stop", "End the processes of a role",
        details: """
            Each live instance is fenced: from now on it may not send. Where 'ledger run' supervises
            it, the process is ended within seconds too.
            """,
        operands: [role], options: Operator.options,
        examples: [
            .init("ledger instances stop qa-monitor --by ann --why \"a new version\"", "end it")
        ]
    ) { arguments, out in try await order("stop", "stopped", arguments, out) }

    static let restart = Command.verb(
        "instances restart", "End the processes of a role and start them anew",
        details: """
            Each live instance is fenced: from now on it may not send. Where 'ledger run' supervises
            it, the process is ended and started anew at once, as another instance.
            """,
        operands: [role], options: Operator.options,
        examples: [
            .init("ledger instances restart qa-monitor --by ann --why \"it hangs\"", "start anew")
        ]
    ) { arguments, out in try await order("restart", "restarted", arguments, out) }

    private static func order(
        _ kind: String, _ done: String, _ arguments: Arguments, _ out: Output
    ) async throws -> Int32 {
        let person = try Operator(arguments)
        let role = arguments(role)
        return try await Ledger.writing(arguments, out) { ledger, now in
            var fence = InstanceFenced()
            fence.kind = kind
            fence.by = person.by
            fence.why = person.why
            fence.user = person.user
            fence.login = person.login
            let places = try await ledger.fence(role: role, fence, now: now)
            guard let first = places.first else {
                throw Failure(
                    "not_found",
                    "no instance of the role \(role) runs; 'ledger instances' lists those that do")
            }
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("role", role)
                json.member("fenced", places.count)
                json.member("position", first)
                json.endObject()
                out.line(json.text)
            } else {
                let many = places.count == 1 ? "1 instance" : "\(places.count) instances"
                out.line(Terminal.escape("\(done) \(many) of \(role) (position \(first))"))
            }
            return ExitCode.done
        }
    }
}
