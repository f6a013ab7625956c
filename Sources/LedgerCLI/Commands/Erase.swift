import Bytes
import CommandLineKit
import Events
import Ledger

/// `erase`: forgets a person.
enum Erase {
    static let alias = Operand<String>.required(
        "ALIAS", "An alias of the person, as it stands in the events")
    static let dryRun = Option<Bool>.flag(
        "dry-run", "Only tell what would be forgotten, and what would stay")
    static let linked = Option<Bool>.flag(
        "linked", "Forget all whom links make one with the person, in one order")

    static let command = Command.verb(
        "erase", "Forget a person: destroy the key of everything personal about them",
        details:
            "What others wrote about the person is theirs and stays: the positions are listed. "
            + "Exports, reports and backups that were made before are out of reach, and named. "
            + "Withdrawals of consent are remembered under a keyed hash of the alias.",
        operands: [alias], options: [dryRun, linked] + Operator.options,
        examples: [
            .init("ledger erase +27821234567 --dry-run", "what it would do"),
            .init(
                "ledger erase +27821234567 --by ann --why \"asked on 3 March\"",
                "it cannot be undone"),
            .init(
                "ledger erase +27821234567 --linked --by ann --why \"asked on 3 March\"",
                "under all names that are linked"),
        ]
    ) { arguments, out in
        let authority = arguments(dryRun) ? nil : try Operator(arguments).authority
        return try await Ledger.writing(arguments, out) { ledger, _ in
            let total = try ledger.count()
            let bar =
                total > 1 << 18
                ? Progress("search", unit: "events", total: Int(total), out: out) : nil
            let name = try AliasReader(ledger).read(arguments(alias), out)
            let erasure = try await ledger.erase(
                name, withLinked: arguments(linked), by: authority
            ) {
                bar?.advance(to: Int($0))
            }
            bar?.finish()
            if out.isJSON { out.line(json(erasure)) } else { tell(erasure, name, out) }
            return ExitCode.done
        }
    }

    private static func json(_ erasure: Erasure) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("person", erasure.person)
        json.member("erased", erasure.position != nil)
        if let position = erasure.position { json.member("position", position) }
        json.member("events", erasure.events)
        json.key("linked")
        json.beginArray()
        for person in erasure.linked {
            json.beginObject()
            json.member("person", person.person.hex)
            json.member(orNull: "alias", person.alias)
            json.member("position", person.position)
            json.member("erased", erasure.alsoErased.contains(person.person))
            json.endObject()
        }
        json.endArray()
        json.key("mentions")
        json.beginArray()
        for position in erasure.mentions { json.value(position) }
        json.endArray()
        json.key("exports")
        json.beginArray()
        for export in erasure.exports {
            json.beginObject()
            json.member("position", export.position)
            json.member("recordedtime", export.time)
            json.member("format", export.format)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }

    private static func tell(_ erasure: Erasure, _ alias: String, _ out: Output) {
        if !erasure.mentions.isEmpty {
            let shown = erasure.mentions.prefix(20).map { "@\($0)" }.joined(separator: " ")
            let more = erasure.mentions.count > 20 ? " and \(erasure.mentions.count - 20) more" : ""
            out.line("others wrote about them, which stays: \(shown)\(more)")
        }
        for export in erasure.exports {
            out.line(
                "out of reach: the \(Terminal.escape(export.format)) export of "
                    + "\(export.time.local) (position \(export.position))")
        }
        for person in erasure.linked {
            let isErased = erasure.alsoErased.contains(person.person)
            let name = Terminal.escape(person.alias ?? "somebody who was erased")
            let what = isErased ? "and is forgotten with them" : "and stays as it is"
            out.line("linked with them (position \(person.position)): \(name), \(what)")
        }
        let name = Terminal.escape(alias)
        if let position = erasure.position {
            out.line(
                "erased \(name): nothing personal in \(erasure.events) events can be read any more "
                    + "(position \(position))")
            out.note("Backups that were made before still hold the key, if they hold keys/.")
        } else {
            out.line("would erase \(name): what is personal in \(erasure.events) events")
        }
    }
}

extension Operator {
    /// As the ledger takes it.
    var authority: Authority { Authority(by: by, why: why, user: user, login: login) }
}
