import CommandLineKit
import Events
import Evidence
import Ledger

/// `verify` of a ledger: records, roots, views.
enum LedgerCheck {
    /// Opens the ledger in `folder` and says what is wrong; the exit code is 1 if anything is.
    static func run(
        _ folder: String, against file: String?, _ out: Output
    ) throws -> Int32 {
        var options = Ledger.Options()
        let opening = RebuildBar(out)
        options.progress = { opening.show($0) }
        let ledger: Ledger
        do { ledger = try Ledger.open(folder, options: options) } catch {
            throw Failure(opening: error)
        }
        defer { ledger.close() }
        opening.finish()
        let old = try file.map { try ledger.checkpoint(inFile: $0).checkpoint }
        let total = try ledger.count()
        var faults = try records(ledger, old, total, out)
        var views: RebuildReport?
        // Views cannot be made of damaged records.
        if faults.isEmpty {
            views = try compareViews(ledger, total, out)
            if let views, views.differing > 0 { faults.append(fault(views)) }
        }
        if out.isJSON {
            write(total, faults, views, out)
        } else {
            tell(total, faults, views, old, out)
        }
        return faults.isEmpty ? ExitCode.done : ExitCode.failed
    }

    private static func records(
        _ ledger: Ledger, _ old: Checkpoint?, _ total: Position, _ out: Output
    ) throws -> [Ledger.Fault] {
        let bar =
            total > 1 << 20
            ? Progress("verify", unit: "events", total: Int(total), out: out) : nil
        defer { bar?.finish() }
        return try ledger.verify(against: old.map { [$0] } ?? []) { done, _ in
            bar?.advance(to: Int(done))
        }
    }

    /// The views beside those that the log makes; nil where they could not be made.
    private static func compareViews(
        _ ledger: Ledger, _ total: Position, _ out: Output
    ) throws -> RebuildReport? {
        let bar = RebuildBar(out)
        defer { bar.finish() }
        do {
            return try ledger.rebuild { progress in
                if total > 1 << 20 { bar.show(progress) }
            }
        } catch {
            // A disk that is full or may not be written says nothing of the views.
            guard error.code == .storage else { throw error }
            out.note("the views were not compared: \(error.message)")
            return nil
        }
    }

    private static func fault(_ views: RebuildReport) -> Ledger.Fault {
        Ledger.Fault(
            position: views.position,
            message:
                "\(views.differing) of \(views.rows) rows of the views did not follow from the "
                + "log, in \(views.table ?? "no table"); they were rebuilt and serve now")
    }

    private static func tell(
        _ total: Position, _ faults: [Ledger.Fault], _ views: RebuildReport?, _ old: Checkpoint?,
        _ out: Output
    ) {
        guard faults.isEmpty else {
            for fault in faults { out.line(fault.message) }
            let advice = views == nil ? "; restore the log from a backup" : ""
            out.line("\(total) records, \(faults.count) faults\(advice)")
            return
        }
        out.line("\(total) records, no fault")
        if let views { out.line("\(views.rows) rows of the views follow from them") }
        if let old { out.line("nothing was changed or removed since there were \(old.size)") }
    }

    private static func write(
        _ total: Position, _ faults: [Ledger.Fault], _ views: RebuildReport?, _ out: Output
    ) {
        var json = JSONWriter()
        json.beginObject()
        json.member("events", total)
        json.key("view_rows")
        if let views { json.value(views.rows) } else { json.null() }
        Verify.write(faults, &json)
        json.endObject()
        out.line(json.text)
    }
}
