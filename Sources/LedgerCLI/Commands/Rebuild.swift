import CommandLineKit
import Events
import Ledger

/// `rebuild`: makes the views anew from the log, and compares.
enum Rebuild {
    static let command = Command.verb(
        "rebuild", "Rebuild all views from the log and compare them",
        details: "The exit code is 1 if a row differed; the rebuilt views serve from then on."
    ) { arguments, out in
        try Ledger.reading(arguments, out, looksAtPages: true) { ledger in
            let bar = RebuildBar(out)
            let report = try ledger.rebuild { bar.show($0) }
            bar.finish()
            defer { CheckpointVerb.signByTheWay(ledger, out) }
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("events", report.events)
                json.member("rows", report.rows)
                json.member("differing", report.differing)
                json.member(orNull: "table", report.table)
                json.member(orNull: "damage", report.damage)
                json.key("position")
                if let position = report.position { json.value(position) } else { json.null() }
                json.endObject()
                out.line(json.text)
            } else if let damage = report.damage {
                out.line(
                    "rebuilt from \(report.events) events; the views before were damaged: "
                        + Terminal.escape(damage))
            } else if report.differing == 0 {
                out.line("rebuilt from \(report.events) events: \(report.rows) rows, all equal")
            } else {
                let place = report.position.map { ", the first by position \($0)" } ?? ""
                out.line(
                    "rebuilt from \(report.events) events: \(report.differing) of \(report.rows) rows "
                        + "differed\(place), in \(report.table ?? "no table")")
            }
            return report.differing == 0 && report.damage == nil ? ExitCode.done : ExitCode.failed
        }
    }
}
