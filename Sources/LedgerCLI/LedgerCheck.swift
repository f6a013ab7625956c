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
        if let fault = try pages(folder, out) {
            write([Ledger.Fault(position: nil, message: fault)], out)
            return ExitCode.failed
        }
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
        let keys = ledger.keysFaults()
        var views: RebuildReport?
        // Views cannot be made of damaged records.
        if faults.isEmpty {
            views = try compareViews(ledger, total, out)
            if let views, let fault = fault(views) { faults.append(fault) }
        }
        let areRecordsWell = faults.isEmpty
        faults += keys
        if out.isJSON {
            write(total, faults, views, out)
        } else {
            tell(total, faults, views, old, isLogWell: areRecordsWell, out)
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

    /// What is wrong with the pages of the log, which all else is read from; nil if nothing is.
    private static func pages(_ folder: String, _ out: Output) throws -> String? {
        var bar: Progress?
        defer { bar?.finish() }
        return try Ledger.pageFault(in: folder) { done, total in
            if bar == nil, total > 1 << 18 {
                bar = Progress("verify", unit: "pages", total: total, out: out)
            }
            bar?.advance(to: done)
        }
    }

    /// Tells faults that leave nothing else to be looked at.
    private static func write(_ faults: [Ledger.Fault], _ out: Output) {
        if out.isJSON {
            write(nil, faults, nil, out)
        } else {
            for fault in faults { out.line(Terminal.escape(fault.message)) }
            out.line("\(faults.count) faults; restore the log from a backup")
        }
    }

    private static func fault(_ views: RebuildReport) -> Ledger.Fault? {
        if let damage = views.damage {
            return Ledger.Fault(
                position: nil,
                message: "the views were damaged: \(damage); they were rebuilt and serve now")
        }
        guard views.differing > 0 else { return nil }
        return Ledger.Fault(
            position: views.position,
            message:
                "\(views.differing) of \(views.rows) rows of the views did not follow from the "
                + "log, in \(views.table ?? "no table"); they were rebuilt and serve now")
    }

    private static func tell(
        _ total: Position, _ faults: [Ledger.Fault], _ views: RebuildReport?, _ old: Checkpoint?,
        isLogWell: Bool, _ out: Output
    ) {
        guard faults.isEmpty else {
            for fault in faults { out.line(Terminal.escape(fault.message)) }
            let advice = views == nil && !isLogWell ? "; restore the log from a backup" : ""
            out.line("\(total) records, \(faults.count) faults\(advice)")
            return
        }
        out.line("\(total) records, no fault")
        if let views { out.line("\(views.rows) rows of the views follow from them") }
        if let old { out.line("nothing was changed or removed since there were \(old.size)") }
    }

    private static func write(
        _ total: Position?, _ faults: [Ledger.Fault], _ views: RebuildReport?, _ out: Output
    ) {
        var json = JSONWriter()
        json.beginObject()
        json.key("events")
        if let total { json.value(total) } else { json.null() }
        json.key("view_rows")
        if let views, views.damage == nil { json.value(views.rows) } else { json.null() }
        Verify.write(faults, &json)
        json.endObject()
        out.line(json.text)
    }
}
