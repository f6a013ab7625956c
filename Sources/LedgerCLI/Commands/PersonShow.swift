import Audit
import CommandLineKit
import Events
import Ledger

/// `person show`: what is held of a person, on one page of a terminal.
enum PersonShow {
    static let command = Command.verb(
        "person show", "Show what is held of a person",
        operands: [PersonExportVerb.alias],
        examples: [
            .init("ledger person show +27821234567", "aliases, consent, counts, what was not sent")
        ]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let alias = try AliasReader(ledger).read(arguments(PersonExportVerb.alias), out)
            let record = try PersonRecord.gather(ledger, alias)
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                record.writeMembers(to: &json)
                json.endObject()
                out.line(json.text)
            } else {
                out.write(record.document(isShort: true))
            }
            return ExitCode.done
        }
    }
}
