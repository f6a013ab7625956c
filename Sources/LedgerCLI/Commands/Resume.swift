import CommandLineKit
import Events
import Ledger

/// `resume`: ends a pause or a stop.
enum Resume {
    static let command = Command.verb(
        "resume", "End a pause or a stop",
        details: """
            It ends the stop and the pause of the same scope, and takes their marks away. What else
            holds is listed.
            """,
        options: OrderScope.options + Operator.options,
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
            let place = try await ledger.resume(order, id: Operator.id("resume"), now: now)
            defer { CheckpointVerb.signByTheWay(ledger, out) }
            let seen = SeenNames.warn(scope, in: ledger, out)
            let held = try HeldUp(ledger)
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("position", place.position)
                json.member("type", "sending.resumed")
                seen?.write(to: &json)
                held.write(to: &json)
                json.endObject()
                out.line(json.text)
            } else {
                out.line("\(Terminal.escape("resumed \(scope.text)")) (position \(place.position))")
                for text in held.texts { out.line(Terminal.escape("still \(text)")) }
            }
            return ExitCode.done
        }
    }
}
