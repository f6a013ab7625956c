import CommandLineKit
import Events
import Gate
import Ledger

/// `policy show`: the policy in force, and who applied it.
enum PolicyShow {
    static let command = Command.verb("policy show", "Print the policy in force") {
        arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            guard let (position, text) = try ledger.policyInForce() else {
                throw Failure(
                    "no_policy",
                    "no policy has been applied, so nothing may be sent; run 'ledger policy apply "
                        + "FILE --by NAME --why REASON'")
            }
            let policy = try PolicyText(text)
            let (recorded, by, why) = try ledger.withEvent(at: position) {
                ($0.recorded, $0.text(.by), $0.text(.why))
            }
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("position", position)
                json.member("recordedtime", recorded)
                json.member(orNull: "by", by)
                json.member(orNull: "why", why)
                policy.write(to: &json)
                json.endObject()
                out.line(json.text)
            } else {
                let person = Terminal.escape("\(by ?? "nobody"): \(why ?? "no reason")")
                out.line("# position \(position), \(recorded.local), by \(person)")
                out.line("# SHA-256 \(policy.hash)")
                out.results.write(policy.policy.render())
            }
            return ExitCode.done
        }
    }
}
