import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// What `doctor` looks at: each check finds one sentence, which says what to do where it is not
/// well.
struct Examination {
    let ledger: Ledger
    let isQuick: Bool
    let out: Output

    /// One check: what was looked at, what was found, and whether it is well.
    struct Check {
        let name: String
        let isWell: Bool
        let finding: String

        init(_ name: String, _ finding: String, isWell: Bool = true) {
            self.name = name
            self.isWell = isWell
            self.finding = finding
        }
    }

    /// Makes all checks and tells them; answers the exit code.
    func run() -> Int32 {
        let checks: [(String, () throws -> Check)] = [
            ("permissions", permissions), ("format", format), ("clock", clock),
            ("orders", orders), ("log", log), ("records", records), ("accounts", accounts),
            ("checkpoint", checkpoint), ("key", key), ("vault", vault),
            ("tree", tree),
            ("views", views), ("readers", readers), ("erasures", erasures), ("backup", backup),
            ("disk", space),
        ]
        var isWell = true
        for (name, look) in checks where !isQuick || (name != "records" && name != "accounts") {
            let check: Check
            // What cannot even be looked at is a finding of its own; the others are still made.
            do { check = try look() } catch {
                check = Check(name, Failure(error).message, isWell: false)
            }
            tell(check)
            isWell = isWell && check.isWell
        }
        return isWell ? ExitCode.done : ExitCode.failed
    }

    private func tell(_ check: Check) {
        guard out.isJSON else {
            let mark = check.isWell ? "ok   " : out.styled("FAULT", .red, on: out.results)
            out.line("\(mark)  \(check.name): \(Terminal.escape(check.finding))")
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("check", check.name)
        json.member("ok", check.isWell)
        json.member("finding", check.finding)
        json.endObject()
        out.line(json.text)
    }

    // MARK: - The folder

    private func permissions() -> Check {
        var paths = [ledger.folder]
        for part in ["log", "views", "keys"] {
            let path = ledger.folder + "/" + part
            paths.append(path)
            paths += Folder.names(in: path).map { path + "/" + $0 }
        }
        let open = paths.compactMap { path -> String? in
            guard let mode = LocalHost.mode(of: path), mode & 0o077 != 0 else { return nil }
            return "\(path) has mode \(String(mode & 0o7777, radix: 8))"
        }
        guard open.isEmpty else {
            let advice = "; others can read it: chmod -R go= \(ledger.folder)"
            return Check(
                "permissions", open.prefix(3).joined(separator: ", ") + advice, isWell: false)
        }
        return Check("permissions", "only the owner can read the files")
    }

    private func format() -> Check {
        let past = ledger.identity.past.map(\.origin)
        let names = past.isEmpty ? "" : ", before that \(past.joined(separator: ", "))"
        return Check(
            "format", "format \(ledger.identity.format), \(ledger.identity.origin)\(names)")
    }

    /// Below this the next flush of the views may not fit.
    private static let freeBytesMin = 256 << 20

    private func space() -> Check {
        guard let free = LocalHost.freeBytes(at: ledger.folder) else {
            return Check("disk", "its free space is not known")
        }
        let isWell = free >= Self.freeBytesMin
        let advice = isWell ? "" : "; make room before the log stops"
        return Check("disk", "\(free >> 20) MiB are free\(advice)", isWell: isWell)
    }

    // MARK: - The log

    private func clock() throws -> Check {
        let note = try ClockNote(ledger)
        let time = "the ledger's time is \(note.now.local)"
        guard let sentence = note.sentence else { return Check("clock", time) }
        return Check(
            "clock", note.isFault ? sentence : "\(time); \(sentence)", isWell: !note.isFault)
    }

    private func orders() throws -> Check {
        let held = try HeldUp(ledger)
        guard !held.texts.isEmpty else { return Check("orders", "nothing is stopped or paused") }
        let isTold = held.marks.allSatisfy { $0.position != nil }
        let advice =
            isTold ? "" : "; an event is missing in the log: the next commit that can appends it"
        return Check("orders", held.texts.joined(separator: "; ") + advice, isWell: isTold)
    }

    private func log() throws -> Check {
        if let refusal = ledger.standing() { return Check("log", refusal.message, isWell: false) }
        let count = try ledger.count()
        guard let signed = try ledger.lastCheckpoint()?.checkpoint.size else {
            return Check("log", "\(count) records, none of them signed")
        }
        return Check("log", "\(count) records, which begin with the \(signed) that were signed")
    }

    private func records() throws -> Check {
        let total = try ledger.count()
        let bar =
            total > 1 << 20 ? Progress("verify", unit: "events", total: Int(total), out: out) : nil
        defer { bar?.finish() }
        let faults = try ledger.verify { done, _ in bar?.advance(to: Int(done)) }
        guard let first = faults.first else {
            return Check("records", "\(total) records, no fault")
        }
        return Check(
            "records", "\(first.message) (\(faults.count) faults); 'ledger verify' tells all",
            isWell: false)
    }

    private func views() throws -> Check {
        let status = try ledger.viewsStatus()
        if let fault = status.fault {
            return Check(
                "views",
                "they could not be written at \(fault.time.local): \(fault.message); "
                    + "\(status.count - min(status.count, status.checkpoint)) events wait",
                isWell: false)
        }
        return Check(
            "views",
            "checkpoint at \(status.checkpoint) of \(status.count) events, "
                + "\(status.behind.text) behind")
    }

    /// Commits after which a reader that is still in the same transaction must have got stuck.
    private static let behindMax = 10_000

    private func readers() -> Check {
        let (dead, slowest) = ledger.readers()
        if let slowest, slowest.behind > Self.behindMax {
            return Check(
                "readers",
                "process \(slowest.pid) has been reading for \(slowest.behind) commits, and the log "
                    + "grows meanwhile: look at it, or end it", isWell: false)
        }
        return Check("readers", "\(dead) of dead processes were cleared, none is stuck")
    }

    // MARK: - What was signed, and copies

    /// A day: what was not signed for longer is not signed by anything.
    private static let unsignedSecondsMax: Int64 = 86_400

    private func checkpoint() throws -> Check {
        if let trouble = ledger.checkpointTrouble() {
            return Check(
                "checkpoint", "\(trouble.message); 'ledger checkpoint' mends it", isWell: false)
        }
        let unsigned = try ledger.unsigned()
        guard unsigned.events > 0, unsigned.seconds > Self.unsignedSecondsMax else {
            return Check("checkpoint", "\(unsigned.events) events are not signed yet")
        }
        return Check(
            "checkpoint",
            "\(unsigned.events) events are not signed since \(unsigned.seconds / 3600) hours; run "
                + "'ledger checkpoint --follow' as a service", isWell: false)
    }

    private func key() throws -> Check {
        if let trouble = ledger.signingTrouble() {
            return Check("key", trouble.message, isWell: false)
        }
        let key = try ledger.verifierKey()?.text
        return Check("key", key ?? "none yet: 'ledger checkpoint' makes one")
    }

    private func tree() throws -> Check {
        let count = try ledger.treeCount()
        return Check(
            "tree", count.map { "\($0) records hashed" } ?? "none yet: whoever signs builds it")
    }

    private func erasures() throws -> Check {
        if let fault = ledger.keysFaults().first(where: { $0.message.contains("/erasures ") }) {
            return Check("erasures", fault.message, isWell: false)
        }
        return Check("erasures", "the list names \(try ledger.erasureCount())")
    }

    /// Days after which whoever takes backups has forgotten to.
    private static let backupDaysMax: Int64 = 8
    /// How far back a quick look goes.
    private static let quickEvents: Position = 1 << 20

    private func backup() throws -> Check {
        guard let made = try ledger.lastBackup(within: isQuick ? Self.quickEvents : .max) else {
            return Check("backup", "none is known: 'ledger backup DIR' takes one")
        }
        let days = try ledger.now().since(made).seconds / 86_400
        guard days > Self.backupDaysMax else { return Check("backup", "taken \(made.local)") }
        return Check(
            "backup", "the last is \(days) days old; run 'ledger backup DIR'", isWell: false)
    }
}
