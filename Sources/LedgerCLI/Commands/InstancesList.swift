import CommandLineKit
import Events
import Gate
import Ledger
import Storage
import Views

/// `instances`: who runs, since when, where, and what it sent.
enum InstancesList {
    static let all = Option<Bool>.flag("all", "Those too that ended over a day ago")

    static let command = Command.verb(
        "instances", "List the processes that send, by role",
        details: """
            An instance is live, silent (no ask, report or beat for as long as the policy's
            instances.silent_after), stopped, or fenced: another took its role, or an operator
            ended it. Those that ended are listed for a day.
            """,
        options: [all],
        examples: [.init("ledger instances --json", "for a program")]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let rows = try read(ledger, all: arguments(all))
            if out.isJSON {
                for row in rows { out.line(row.json) }
            } else if rows.isEmpty {
                out.note("no instance runs")
            } else {
                out.results.write(table(rows).render(width: out.results.width))
            }
            return ExitCode.done
        }
    }

    /// An instance that started.
    struct Row {
        let role: String?
        let instance: String
        let state: String
        let start: InstanceStarted
        let row: InstanceRow
        let active: Instant
    }

    private static func read(_ ledger: Ledger, all: Bool) throws -> [Row] {
        let policy = try ledger.policyInForce().flatMap { try? Policy.parse($0.text) } ?? Policy()
        let (found, now) = try ledger.withState { moment in
            var found: [InstanceRow] = []
            try moment.forEachRow(of: \.instances) { _, row, _ in
                if row.started.isSet { found.append(row) }
            }
            return (found, moment.now)
        }
        var rows: [Row] = []
        for row in found {
            let start = try ledger.withOpenEvent(at: row.started.position) {
                try InstanceStarted($0)
            }
            let instance = start.names.instance ?? ""
            // A beat is told by the machine's clock: its age counts.
            let age = ledger.roles.lastBeat(instance).map { max(0, SystemClock.wall - $0) }
            let active = max(
                row.active, age.map { now.advanced(by: Nanoseconds(-$0)) } ?? row.active)
            let role = start.names.role
            let terms = Gate.instanceTerms(of: role ?? "", under: policy)
            let state: String
            if row.isFenced {
                state = "fenced"
            } else if !row.isRunning {
                state = "stopped"
            } else {
                let length = terms.silentAfter
                state = length.map { now.since(active) > $0 } ?? false ? "silent" : "live"
            }
            guard all || row.isLive || now.since(max(active, row.stopped.time)) < .day else {
                continue
            }
            rows.append(
                Row(
                    role: role, instance: instance, state: state, start: start, row: row,
                    active: active))
        }
        return rows.sorted {
            ($0.role ?? "", $0.row.started) < ($1.role ?? "", $1.row.started)
        }
    }

    private static func table(_ rows: [Row]) -> CommandLineKit.Table {
        var table = CommandLineKit.Table([
            .init("role"), .init("state"), .init("instance"), .init("since"), .init("host"),
            .init("process", .right), .init("token", .right), .init("last sign"),
            .init("sends", .right),
        ])
        for row in rows {
            table.add([
                row.role ?? "", row.state, row.instance, row.row.started.time.local,
                row.start.host ?? "", row.start.process.map(String.init) ?? "",
                "@\(row.row.started.position)", row.active.local, "\(row.row.sends)",
            ])
        }
        return table
    }
}

extension InstancesList.Row {
    /// One object.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member(orNull: "role", role)
        json.member("instance", instance)
        json.member("state", state)
        json.member("since", row.started.time)
        json.member(orNull: "host", start.host)
        json.key("process")
        if let process = start.process { json.value(process) } else { json.null() }
        json.member("token", row.started.position)
        json.member("active", active)
        json.member("sends", Int(row.sends))
        json.member("starts", Int(row.starts))
        json.endObject()
        return json.text
    }
}
