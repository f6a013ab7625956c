import Audit
import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// `export`: writes what an auditor takes away, and records that it was.
enum Export {
    static let format = Option<String>.text(
        "format", "FORMAT", default: "audit",
        choices: ["audit"] + FileExport.Format.allCases.map(\.rawValue),
        "A folder to verify, lines of JSON, a table, a database, or one row a message sent")
    static let from = TimeWord.option("from", "The earliest effective time, or the first position")
    static let to = TimeWord.option("to", "The latest effective time, or the last position")
    static let month = Option<String?>.text(
        "month", "YYYY-MM", "The events of this month (UTC), in place of --from and --to")
    static let output = Option<String?>.text(
        "output", "PATH", short: "o", "The new folder or file; lines go to standard output without")
    static let proofs = Option<[String]>.repeated(
        "proof", "@POS", "Add a proof of the record at this position")
    static let redact = Option<Bool>.flag(
        "redact", "Leave personal fields sealed; what is proved stays proved")
    static let since = Option<String?>.text(
        "since", "DIR", "Prove that nothing was removed since this earlier export")

    static let command = Command.verb(
        "export", "Export events, with what proves them",
        details: "A folder of format audit is verified by 'ledger verify DIR', or by anybody who "
            + "reads C2SP tlog-tiles. An audit export that was cut short goes on when it is started again "
            + "with the same range and proofs. The export is recorded as an event.",
        options: [
            format, from, to, month, output, FilterOptions.types, FilterOptions.account,
            FilterOptions.chat, FilterOptions.person, FilterOptions.subject, proofs, redact, since,
        ] + Operator.options,
        examples: [
            .init("ledger export -o audit-2026-10", "everything, to verify offline"),
            .init(
                "ledger export -o audit-11 --since audit-10 --proof @1041",
                "what was added, and the proof of one record"),
            .init("ledger export --month 2026-10 -o audit-2026-10", "the monthly review"),
            .init("ledger export --subject DR1854951 -o audit", "a proof of each of its events"),
            .init("ledger export --format csv --from 30d -o events.csv", "for a spreadsheet"),
            .init(
                "ledger export --format dispatch --month 2026-10 -o sent.csv",
                "when each message went out, by the clocks of who read it"),
        ]
    ) { arguments, out in
        // Refused before a ledger is opened; times ago are counted from its clock.
        _ = try ExportRequest(arguments, now: .epoch)
        return try await Ledger.writing(arguments, out) { ledger, now in
            let request = try ExportRequest(arguments, now: try ledger.now())
            var event = ExportMade()
            event.format = arguments(format)
            event.by = arguments(Operator.by) ?? LocalHost.user
            event.why = arguments(Operator.why)
            event.user = LocalHost.user
            event.login = LocalHost.login
            if arguments(format) == "audit" {
                try audit(ledger, request, arguments, &event, out)
            } else {
                try file(ledger, request, arguments, &event, out)
            }
            let draft = try event.draft(source: Ledger.ownSource, id: Operator.id("export"))
            let place = try await ledger.append([draft], now: now, as: .house)[0]
            tell(event, place.position, arguments, out)
            return ExitCode.done
        }
    }

    private static func audit(
        _ ledger: Ledger, _ request: ExportRequest, _ arguments: Arguments,
        _ event: inout ExportMade, _ out: Output
    ) throws {
        let (signed, _) = try CheckpointVerb.sign(ledger, out)
        var order = AuditExport.Order(
            by: event.by ?? "", why: event.why, user: event.user ?? "")
        order.range = request.range
        order.proofs = request.proofs
        order.subject = request.filter.subject
        order.person = request.filter.person
        order.isRedacted = arguments(redact)
        order.since = arguments(since)
        let bar = bar(signed.checkpoint.size, out)
        defer { bar?.finish() }
        let result = try AuditExport.write(
            ledger, signed, to: arguments(output) ?? "", order
        ) { bar?.advance(to: Int($0)) }
        event.count = Int64(result.events)
        event.first = result.positions.map { Int64($0.lowerBound) }
        event.last = result.positions.map { Int64($0.upperBound) }
        event.hash = result.hash
    }

    private static func file(
        _ ledger: Ledger, _ request: ExportRequest, _ arguments: Arguments,
        _ event: inout ExportMade, _ out: Output
    ) throws {
        guard let format = FileExport.Format(rawValue: arguments(format)) else { return }
        let total = try ledger.count()
        let path = arguments(output).flatMap { $0 == "-" ? nil : $0 }
        let bar = bar(total, out)
        defer { bar?.finish() }
        var order = FileExport.Order(format, request.range, by: event.by ?? "")
        order.filter = request.filter
        order.isRedacted = arguments(redact)
        let result = try FileExport.write(ledger, before: total, order, to: path) {
            bar?.advance(to: Int($0))
        }
        event.count = Int64(result.events)
        event.first = result.positions.map { Int64($0.lowerBound) }
        event.last = result.positions.map { Int64($0.upperBound) }
        event.hash = result.hash
    }

    /// A bar where it is worth one.
    private static func bar(_ total: Position, _ out: Output) -> Progress? {
        total > 1 << 18 ? Progress("export", unit: "events", total: Int(total), out: out) : nil
    }

    /// Says what was made; where the lines themselves went to standard output, as a message.
    private static func tell(
        _ event: ExportMade, _ position: Position, _ arguments: Arguments, _ out: Output
    ) {
        let count = event.count ?? 0
        guard let path = arguments(output), path != "-" else {
            out.note("exported \(count) events (position \(position))")
            return
        }
        guard out.isJSON else {
            out.line("exported \(count) events to \(Terminal.escape(path)) (position \(position))")
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("path", path)
        json.member("format", arguments(format))
        json.member("events", count)
        json.member(orNull: "hash", event.hash)
        json.member("position", position)
        json.endObject()
        out.line(json.text)
    }
}
