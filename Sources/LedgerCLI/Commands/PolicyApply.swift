import CommandLineKit
import Events
import Gate
import Ledger
import Storage

/// `policy apply`: puts a policy into force, and records it.
enum PolicyApply {
    static let command = Command.verb(
        "policy apply", "Put a policy into force", operands: [PolicyCheck.file],
        options: Operator.options,
        examples: [
            .init("ledger policy apply policy.yaml --by ann --why \"lower limits\"", "from now on")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        let policy = try PolicyText(path: arguments(PolicyCheck.file))
        for finding in policy.findings { out.complain(Terminal.escape(finding.description)) }
        if let first = policy.errors.first {
            throw Failure(
                "invalid_policy",
                "\(first.message); nothing was applied")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            var order = PolicyChanged()
            order.names.text = policy.text
            order.hash = policy.hash
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(
                source: Ledger.ownSource, id: Operator.id("policy-\(policy.hash.prefix(16))"))
            let place = try await ledger.append([draft], now: now, as: .verb)[0]
            defer { CheckpointVerb.signByTheWay(ledger, out) }
            guard out.isJSON else {
                out.line("applied policy \(policy.hash) (position \(place.position))")
                return ExitCode.done
            }
            var json = JSONWriter()
            json.beginObject()
            json.member("position", place.position)
            json.member("policy", policy.hash)
            json.endObject()
            out.line(json.text)
            return ExitCode.done
        }
    }
}
