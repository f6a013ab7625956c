import CommandLineKit
import Events
import Ledger

/// `state`: prints any view, now or as it was.
enum State {
    static var sheets: [any Sheet.Type] {
        [
            SubjectsSheet.self, RatesSheet.self, CooldownsSheet.self, PersonsSheet.self,
            MessagesSheet.self, ReservationsSheet.self, ErrorsSheet.self, QualitySheet.self,
            TemplatesSheet.self,
            ReviewsSheet.self, InstancesSheet.self, ControlSheet.self, IDsSheet.self,
            ZonesSheet.self, QueueSheet.self, ShadowsSheet.self, SightingsSheet.self,
        ]
    }

    static let view = Operand<String>.required(
        "VIEW", sheets.map { $0.name }.joined(separator: ", "))
    static let key = Operand<String?>.optional("KEY", "Only the row that this names")
    static let at = TimeWord.option("at", "As the ledger knew it then, or after that position")

    static let command = Command.verb(
        "state", "Print a view",
        details: "KEY is\n"
            + sheets.map { "  for \($0.name): \($0.key)" }.joined(separator: "\n"),
        operands: [view, key], options: [at],
        examples: [
            .init("ledger state cooldowns DR1854951", "when it may be sent about again"),
            .init("ledger state subjects DR1854951", "the story of a drop"),
            .init("ledger state rates --at 2025-10-01T16:52", "the windows at that moment"),
        ]
    ) { arguments, out in
        guard let sheet = sheets.first(where: { $0.name == arguments(view) }) else {
            throw UsageError(
                "\u{201C}\(arguments(view))\u{201D} is no view; there are "
                    + sheets.map { $0.name }.joined(separator: ", "),
                command: "state")
        }
        return try Ledger.reading(arguments, out) { ledger in
            let rows = try rows(sheet, ledger, arguments(key), arguments(at), out)
            if rows.isEmpty, let key = arguments(key) {
                throw Failure("not_found", "\(sheet.name) holds nothing for \u{201C}\(key)\u{201D}")
            }
            if sheet == SubjectsSheet.self, let key = arguments(key), arguments(at) == nil {
                try SubjectStory(ledger, key).show(rows[0], out)
            } else {
                sheet.show(rows, out)
            }
            return ExitCode.done
        }
    }

    private static func rows(
        _ sheet: any Sheet.Type, _ ledger: Ledger, _ key: String?, _ at: TimeWord?, _ out: Output
    ) throws -> [SheetRow] {
        let names = NameFinder(ledger)
        guard let at else {
            return try ledger.withState { moment in
                var reading = SheetReading(
                    ledger: ledger, moment: moment, now: moment.now, names: names)
                return try sheet.rows(&reading, key: key)
            }
        }
        let total = try ledger.count()
        let instant = try at.instant(now: ledger.now())
        let count: Position
        switch (at, instant) {
        case (.position(let position), _):
            guard position < total else {
                throw Failure("not_found", "there is no event at position \(position)")
            }
            count = position + 1
        case (_, let instant?):
            // What was recorded at that very moment was known then.
            count = try ledger.position(recordedAt: instant.advanced(by: Nanoseconds(1)))
        default: count = total
        }
        let bar =
            count > 1 << 17
            ? Progress("fold", unit: "events", total: Int(count), out: out) : nil
        return try ledger.withState(after: count, progress: { bar?.advance(to: Int($0)) }) {
            moment in
            bar?.finish()
            var reading = SheetReading(
                ledger: ledger, moment: moment, now: instant ?? moment.now, names: names)
            return try sheet.rows(&reading, key: key)
        }
    }
}
