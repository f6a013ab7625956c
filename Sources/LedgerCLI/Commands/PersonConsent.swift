import Audit
import Bytes
import CommandLineKit
import Events
import Gate
import Ledger
import Views

/// `person consent`: how a person's consent stands, and every event that it came from.
enum PersonConsent {
    static let receipt = Option<Bool>.flag(
        "receipt", "One JSON object in the shape of a Kantara consent receipt, with the events")

    static let command = Command.verb(
        "person consent", "Show a person's consent and what it rests on",
        details: "A receipt names what the policy says of the business under 'consent'; what it "
            + "does not say is null.",
        operands: [PersonExportVerb.alias], options: [receipt],
        examples: [
            .init("ledger person consent +27821234567", "what was asked, said and answered"),
            .init(
                "ledger person consent +27821234567 --receipt", "for the person, or for an audit"),
        ]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let total = Int(try ledger.count())
            let bar =
                total > 1 << 17 ? Progress("consent", unit: "events", total: total, out: out) : nil
            let history = try ConsentHistory.gather(ledger, arguments(PersonExportVerb.alias)) {
                bar?.advance(to: Int($0))
            }
            bar?.finish()
            if arguments(receipt) {
                let policy = try ledger.policyInForce().map { try Policy.parse($0.text) }
                let receipt = ConsentReceipt(of: history, in: ledger, under: policy)
                // A receipt is read by persons, whatever it goes through.
                out.line(Terminal.escaped(json: receipt.json.span.string))
            } else if out.isJSON {
                out.line(history.json.span.string)
            } else {
                tell(history, out)
            }
            return ExitCode.done
        }
    }

    private static func tell(_ history: ConsentHistory, _ out: Output) {
        if history.standings.isEmpty { out.line("consent: unknown") }
        for (category, standing) in history.standings {
            out.line("consent, \(category.name): \(standing.rawValue)")
        }
        if let held = history.held {
            out.line(
                "held since @\(held): it may be an opt-out; append message.labelled with the "
                    + "label opt_out, or another")
        }
        guard !history.entries.isEmpty else { return }
        var table = Table([
            Table.Column("position", .right), Table.Column("time"), Table.Column("event"),
            Table.Column("category"), Table.Column("consent"), Table.Column("evidence"),
        ])
        for entry in history.entries {
            let shown = entry.evidence ?? entry.wording ?? ""
            table.add([
                "@\(entry.position)", entry.time.local,
                [entry.type, entry.detail].compactMap { $0 }.joined(separator: " "),
                entry.category.name, entry.standing.rawValue, Terminal.escape(shown),
            ])
        }
        out.results.write(table.render(width: out.results.width))
    }
}
