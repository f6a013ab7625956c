import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// `doctor`: looks at everything that could stand in the way, and says what to do.
enum Doctor {
    static let acceptClock = Option<Bool>.flag(
        "accept-clock", "Take the machine's clock as it is, although it was refused")

    static let acceptRollback = Option<Bool>.flag(
        "accept-rollback", "Go on under a new name, although the log is not the one that was signed"
    )

    static let command = Command.verb(
        "doctor", "Check clock, views, records, permissions and disk space",
        details: "The exit code is 1 if a check fails.",
        options: [acceptClock, acceptRollback] + Operator.options,
        examples: [
            .init("ledger doctor --accept-clock --by ann --why \"NTP was down\"", "after a check"),
            .init(
                "ledger doctor --accept-rollback --by ann --why \"disk of 3 May put back\"",
                "the log lost its end, and has to go on"),
        ]
    ) { arguments, out in
        guard arguments(acceptClock) || arguments(acceptRollback) else {
            return try Ledger.reading(arguments, out) { try examine($0, out) }
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

    /// One check: what was looked at, what was found, and whether it is well.
    struct Check {
        let name: String
        let isWell: Bool
        let finding: String
    }

    /// Seconds by which the ledger's clock may differ from the machine's before it is told.
    private static let driftSecondsMax: Int64 = 5

    /// What is wrong with the clock, or nil.
    static func clockFault(_ ledger: Ledger, _ now: Instant) -> Failure? {
        guard !ledger.identity.isDevelopment else { return nil }
        let drift = Instant(nanoseconds: SystemClock.wall).since(now).seconds
        guard abs(drift) > driftSecondsMax else { return nil }
        return Failure(
            "clock",
            "the machine's clock is \(abs(drift)) s \(drift > 0 ? "ahead of" : "behind") the ledger's; "
                + "check it, then 'ledger doctor --accept-clock --by NAME --why REASON'")
    }

    private static func examine(_ ledger: Ledger, _ out: Output) throws -> Int32 {
        let checks = try [
            clock(ledger), views(ledger), records(ledger), permissions(ledger), space(ledger),
        ]
        for check in checks {
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("check", check.name)
                json.member("ok", check.isWell)
                json.member("finding", check.finding)
                json.endObject()
                out.line(json.text)
            } else {
                let mark = check.isWell ? "ok   " : out.styled("FAULT", .red, on: out.results)
                out.line("\(mark)  \(check.name): \(Terminal.escape(check.finding))")
            }
        }
        return checks.allSatisfy(\.isWell) ? ExitCode.done : ExitCode.failed
    }

    private static func clock(_ ledger: Ledger) throws -> Check {
        let now = try ledger.now()
        let fault = clockFault(ledger, now)
        let finding = fault?.message ?? "the ledger's time is \(now.local)"
        return Check(name: "clock", isWell: fault == nil, finding: finding)
    }

    private static func views(_ ledger: Ledger) throws -> Check {
        let status = try ledger.viewsStatus()
        return Check(
            name: "views", isWell: true,
            finding: "checkpoint at \(status.checkpoint) of \(status.count) events, "
                + "\(status.behind.text) behind")
    }

    private static func records(_ ledger: Ledger) throws -> Check {
        let faults = try ledger.verify()
        let count = try ledger.count()
        let finding = faults.first?.message ?? "\(count) records, no fault"
        return Check(name: "records", isWell: faults.isEmpty, finding: finding)
    }

    private static func permissions(_ ledger: Ledger) -> Check {
        var open: [String] = []
        for path in [
            ledger.folder, ledger.folder + "/log", ledger.folder + "/log/data.mdb",
            ledger.folder + "/views", ledger.folder + "/keys", ledger.folder + "/keys/signing",
        ] {
            if let mode = LocalHost.mode(of: path), mode & 0o077 != 0 {
                open.append("\(path) has mode \(String(mode, radix: 8))")
            }
        }
        let advice = "; others can read it: chmod -R go= \(ledger.folder)"
        return Check(
            name: "permissions", isWell: open.isEmpty,
            finding: open.isEmpty
                ? "only the owner can read the files" : open.joined(separator: ", ") + advice)
    }

    /// Below this the next flush of the views may not fit.
    private static let freeBytesMin = 256 << 20

    private static func space(_ ledger: Ledger) -> Check {
        guard let free = LocalHost.freeBytes(at: ledger.folder) else {
            return Check(name: "disk", isWell: true, finding: "its free space is not known")
        }
        return Check(
            name: "disk", isWell: free >= freeBytesMin,
            finding: "\(free >> 20) MiB are free"
                + (free >= freeBytesMin ? "" : "; make room before the log stops"))
    }
}
