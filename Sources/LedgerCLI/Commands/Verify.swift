import Audit
import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// `verify`: checks every record of the log, and what was signed of it.
enum Verify {
    static let against = Option<String?>.text(
        "against", "FILE", "Check that the log extends this checkpoint of it")
    static let key = Option<String?>.text(
        "vkey", "KEY", "Check that the export is signed by this key, known from elsewhere")
    static let folder = Operand<String?>.optional(
        "FOLDER",
        "The folder of an audit export, or of a ledger; without it, the ledger of --ledger")

    static let command = Command.verb(
        "verify", "Check every record, and what was signed; of the ledger or of an export",
        details:
            "Of a ledger: every checksum, position, recorded time and member, every root that was "
            + "signed, and the views, which are made anew and compared. Of an export: every digest, "
            + "signature, hash, record, line, proof and report, with nothing else at hand. The exit "
            + "code is 1 if there is a fault.",
        operands: [folder], options: [against, key],
        examples: [
            .init("ledger verify", "records, all roots that were signed, and the views"),
            .init(
                "ledger verify --against /mnt/auditor/checkpoint",
                "nothing was removed or changed since"),
            .init("ledger verify audit-2026-10", "an export, with nothing else at hand"),
        ]
    ) { arguments, out in
        guard arguments(Global.now) == nil else {
            throw UsageError("verify only reads: --now has no meaning here", command: "verify")
        }
        if let folder = arguments(folder), !Folder.exists(folder + "/log/data.mdb") {
            return try verify(folder, arguments, out)
        }
        guard arguments(key) == nil else {
            throw UsageError("--vkey belongs to the folder of an export", command: "verify")
        }
        return try LedgerCheck.run(
            arguments(folder) ?? LedgerInUse.folder(arguments), against: arguments(against), out)
    }

    /// Writes the member `faults`.
    static func write(_ faults: [Ledger.Fault], _ json: inout JSONWriter) {
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
