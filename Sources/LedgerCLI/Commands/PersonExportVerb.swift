import Audit
import CommandLineKit
import Events
import Ledger
import Storage

/// `person export`: hands out all that is held of a person, and records that it was.
enum PersonExportVerb {
    static let alias = Operand.required("ALIAS", "Any alias of the person")
    static let format = Option<String>.text(
        "format", "FORMAT", default: "json",
        choices: PersonExport.Format.allCases.map(\.rawValue),
        "One JSON object, a page for a browser, or a text")
    static let output = Option<String?>.text(
        "output", "PATH", short: "o", "The new file, mode 0600; standard output without")

    static let command = Command.verb(
        "person export", "Hand out all that is held of a person",
        details:
            "What others wrote about the person is theirs: it is counted, not told. The export is "
            + "recorded as an event that does not say of whom, and 'erase' names it as out of "
            + "reach.",
        operands: [alias], options: [format, output] + Operator.options,
        examples: [
            .init("ledger person export +27821234567 -o person.json", "for another program"),
            .init(
                "ledger person export +27821234567 --format html -o person.html --by ann",
                "for the person to read"),
        ]
    ) { arguments, out in
        guard let format = PersonExport.Format(rawValue: arguments(format)) else {
            return ExitCode.failed
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            let event = try write(ledger, format, arguments, out)
            let draft = try event.draft(source: Ledger.ownSource, id: Operator.id("export"))
            let place = try await ledger.append([draft], now: now, as: .house)[0]
            tell(event, format, place.position, arguments, out)
            return ExitCode.done
        }
    }

    private static func write(
        _ ledger: Ledger, _ format: PersonExport.Format, _ arguments: Arguments, _ out: Output
    ) throws -> ExportMade {
        let total = Int(try ledger.count())
        let bar =
            total > 1 << 17 ? Progress("export", unit: "events", total: 2 * total, out: out) : nil
        defer { bar?.finish() }
        let name = try AliasReader(ledger).read(arguments(alias), out)
        let record = try PersonRecord.gather(ledger, name) {
            bar?.advance(to: Int($0))
        }
        var event = ExportMade()
        event.format = "person"
        event.by = arguments(Operator.by) ?? LocalHost.user
        event.why = arguments(Operator.why)
        event.user = LocalHost.user
        event.login = LocalHost.login
        // Who gave an order and why stand in clear, and no erasure reaches them.
        guard !record.isNamed(in: event.by ?? ""), !record.isNamed(in: event.why ?? "") else {
            throw UsageError(
                "--by and --why stay readable for ever: leave the person's name and numbers out",
                command: "person export")
        }
        let result = try PersonExport.write(record, of: ledger, as: format, to: path(arguments)) {
            bar?.advance(to: total + Int($0))
        }
        event.count = Int64(result.events)
        event.first = result.positions.map { Int64($0.lowerBound) }
        event.last = result.positions.map { Int64($0.upperBound) }
        event.hash = result.hash
        return event
    }

    private static func path(_ arguments: Arguments) -> String? {
        arguments(output).flatMap { $0 == "-" ? nil : $0 }
    }

    /// Says what was made; where the export itself went to standard output, as a message.
    private static func tell(
        _ event: ExportMade, _ format: PersonExport.Format, _ position: Position,
        _ arguments: Arguments, _ out: Output
    ) {
        let count = event.count ?? 0
        guard let path = path(arguments) else {
            out.note("exported \(count) events of a person (position \(position))")
            return
        }
        guard out.isJSON else {
            out.line(
                "exported \(count) events of a person to \(Terminal.escape(path)) "
                    + "(position \(position))")
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("path", path)
        json.member("format", format.rawValue)
        json.member("events", count)
        json.member(orNull: "hash", event.hash)
        json.member("position", position)
        json.endObject()
        out.line(json.text)
    }
}
