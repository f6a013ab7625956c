import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// `doctor`: looks at everything that could stand in the way, and says what to do.
enum Doctor {
    static let quick = Option<Bool>.flag("quick", "Leave out what reads every record")
    static let acceptClock = Option<Bool>.flag(
        "accept-clock", "Take the machine's clock as it is, although it was refused")

    static let acceptRollback = Option<Bool>.flag(
        "accept-rollback", "Go on under a new name, although the log is not the one that was signed"
    )

    static let command = Command.verb(
        "doctor", "Check everything that could stand in the way, and say what to do",
        details: "The exit code is 1 if anything needs somebody to act.",
        options: [quick, acceptClock, acceptRollback] + Operator.options,
        examples: [
            .init("ledger doctor --quick", "all but the records, in a moment"),
            .init("ledger doctor --accept-clock --by ann --why \"NTP was down\"", "after a check"),
            .init(
                "ledger doctor --accept-rollback --by ann --why \"disk of 3 May put back\"",
                "the log lost its end, and has to go on"),
        ]
    ) { arguments, out in
        guard arguments(acceptClock) || arguments(acceptRollback) else {
            return try Ledger.reading(arguments, out, looksAtPages: !arguments(quick)) { ledger in
                Examination(ledger: ledger, isQuick: arguments(quick), out: out).run()
            }
        }
        guard !arguments(quick) else {
            throw UsageError("--quick only looks: it accepts nothing", command: "doctor")
        }
        let person = try Operator(arguments)
        if arguments(acceptRollback) { return try await goOn(arguments, person, out) }
        return try await Ledger.writing(arguments, out) { ledger, _ in
            let place = try await ledger.acceptClock(by: person.by, why: person.why)
            if out.isJSON {
                out.line("{\"position\":\(place.position)}")
            } else {
                out.line("the machine's clock is taken as it is (position \(place.position))")
            }
            return ExitCode.done
        }
    }

    /// Goes on under a new name, and tells which and by which key it signs.
    private static func goOn(
        _ arguments: Arguments, _ person: Operator, _ out: Output
    ) async throws -> Int32 {
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        let total = try ledger.count()
        let bar =
            total > 1 << 20 ? Progress("verify", unit: "events", total: Int(total), out: out) : nil
        let next = try await ledger.acceptRollback(
            by: person.by, why: person.why, acceptsClock: arguments(acceptClock)
        ) { done, _ in bar?.advance(to: Int(done)) }
        bar?.finish()
        guard out.isJSON else {
            out.line("the ledger goes on as \(next.origin) (position \(next.position))")
            out.line("its checkpoints are verified by \(next.key.text)")
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", next.position)
        json.member("origin", next.origin)
        json.member("vkey", next.key.text)
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}
