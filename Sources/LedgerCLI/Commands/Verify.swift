import CommandLineKit
import Events
import Ledger

/// `verify`: checks every record of the log.
enum Verify {
    static let command = Command.verb(
        "verify", "Check every record: checksum, place, order of times",
        details: "The exit code is 1 if there is a fault. 'rebuild' checks the views."
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let total = try ledger.count()
            let bar =
                total > 1 << 20
                ? Progress("verify", unit: "events", total: Int(total), out: out) : nil
            let faults = try ledger.verify { done, _ in bar?.advance(to: Int(done)) }
            bar?.finish()
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("events", total)
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
                json.endObject()
                out.line(json.text)
            } else if faults.isEmpty {
                out.line("\(total) records, no fault")
            } else {
                for fault in faults { out.line(fault.message) }
                out.line("\(total) records, \(faults.count) faults; restore the log from a backup")
            }
            return faults.isEmpty ? ExitCode.done : ExitCode.failed
        }
    }
}
