import Audit
import CommandLineKit
import Events
import Evidence
import Ledger

/// `verify`: checks every record of the log, and what was signed of it.
enum Verify {
    static let against = Option<String?>.text(
        "against", "FILE", "Check that the log extends this checkpoint of it")
    static let key = Option<String?>.text(
        "vkey", "KEY", "Check that the export is signed by this key, known from elsewhere")
    static let folder = Operand<String?>.optional(
        "EXPORT", "The folder of an audit export; without it the ledger itself is checked")

    static let command = Command.verb(
        "verify", "Check every record, and what was signed; of the ledger or of an export",
        details: "The exit code is 1 if there is a fault. 'rebuild' checks the views.",
        operands: [folder], options: [against, key],
        examples: [
            .init("ledger verify", "records, and the root of the last signed checkpoint"),
            .init(
                "ledger verify --against /mnt/auditor/checkpoint",
                "nothing was removed or changed since"),
            .init("ledger verify audit-2026-10", "an export, with nothing else at hand"),
        ]
    ) { arguments, out in
        if let folder = arguments(folder) { return try verify(folder, arguments, out) }
        guard arguments(key) == nil else {
            throw UsageError("--vkey belongs to the folder of an export", command: "verify")
        }
        return try Ledger.reading(arguments, out) { ledger in
            let old = try arguments(against).map { try ledger.checkpoint(inFile: $0).checkpoint }
            let total = try ledger.count()
            let bar =
                total > 1 << 20
                ? Progress("verify", unit: "events", total: Int(total), out: out) : nil
            let faults = try ledger.verify(against: old.map { [$0] } ?? []) { done, _ in
                bar?.advance(to: Int(done))
            }
            bar?.finish()
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("events", total)
                write(faults, &json)
                json.endObject()
                out.line(json.text)
            } else if faults.isEmpty {
                out.line("\(total) records, no fault")
                if let old {
                    out.line("nothing was changed or removed since there were \(old.size)")
                }
            } else {
                for fault in faults { out.line(fault.message) }
                out.line("\(total) records, \(faults.count) faults; restore the log from a backup")
            }
            return faults.isEmpty ? ExitCode.done : ExitCode.failed
        }
    }
    private static func write(_ faults: [Ledger.Fault], _ json: inout JSONWriter) {
        json.key("faults")
        json.beginArray()
        for fault in faults {
            json.beginObject()
            json.key("position")
            if let position = fault.position { json.value(position) } else { json.null() }
            json.member("message", fault.message)
            json.endObject()
        }
        json.endArray()
    }

    /// Checks an export; no ledger is opened.
    private static func verify(
        _ folder: String, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        guard arguments(against) == nil else {
            throw UsageError("--against belongs to a ledger, not to an export", command: "verify")
        }
        let expected = try arguments(key).map { try VerifierKey(text: $0) }
        var bar: Progress?
        let report = try ExportCheck.run(folder, key: expected) { done, total in
            if bar == nil, total > 1 << 18 {
                bar = Progress("verify", unit: "records", total: Int(total), out: out)
            }
            bar?.advance(to: Int(done))
        }
        bar?.finish()
        if out.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member(orNull: "origin", report.checkpoint?.origin)
            json.member(orNull: "vkey", report.key?.text)
            json.member("size", report.checkpoint?.size ?? 0)
            json.member("records", report.records)
            json.member("events", report.events)
            json.member("proofs", report.proofs)
            json.member("report_compared", report.isReportCompared)
            json.key("grown_from")
            if let old = report.grownFrom { json.value(old) } else { json.null() }
            write(report.faults, &json)
            json.endObject()
            out.line(json.text)
        } else {
            tell(report, isKeyKnown: expected != nil, out)
        }
        return report.faults.isEmpty ? ExitCode.done : ExitCode.failed
    }

    private static func tell(_ report: ExportCheck.Report, isKeyKnown: Bool, _ out: Output) {
        for fault in report.faults { out.line(Terminal.escape(fault.message)) }
        guard report.faults.isEmpty, let checkpoint = report.checkpoint, let key = report.key
        else {
            out.line("\(report.faults.count) faults; this export proves nothing as it is")
            return
        }
        out.line(
            "\(checkpoint.origin): \(report.records) of \(checkpoint.size) records, "
                + "\(report.events) events, \(report.proofs) proofs, no fault")
        if let old = report.grownFrom {
            out.line("nothing was changed or removed since there were \(old)")
        }
        if !report.isReportCompared {
            out.line("REPORT.md and REPORT.html were written by another version: not compared")
        }
        if !isKeyKnown { out.line("signed by \(key.text): compare it, --vkey does") }
    }
}
